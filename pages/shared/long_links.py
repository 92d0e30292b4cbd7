"""Links with more fields than Streamlit reads."""

from streamlit.runtime.state import query_params

# An address has no room for more.
MOST_FIELDS = 1 << 16


def take() -> None:
    """Have Streamlit hand on what it would drop in silence: the page says what is wrong with it."""
    query_params.CLIENT_STATE_QUERY_STRING_MAX_FIELDS = MOST_FIELDS  # type: ignore[misc]

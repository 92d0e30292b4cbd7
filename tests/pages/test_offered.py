"""What a page has offered as a file can be had a while longer."""

import pytest
from streamlit.runtime.media_file_manager import MediaFileManager
from streamlit.runtime.media_file_storage import MediaFileStorageError
from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage

from pages.shared import offered
from pages.shared.offered import KEPT_SECONDS, Unoffered

ADDRESS = "/media"


@pytest.fixture
def manager() -> MediaFileManager:
    return MediaFileManager(MemoryMediaFileStorage(ADDRESS))


def offer(manager: MediaFileManager, text: str) -> str:
    """A button of a session; in a test all sessions have one name."""
    return manager.add_deferred(lambda: text, "text/csv", "0.1", "numbers.csv")


def read(manager: MediaFileManager, url: str) -> bytes:
    return manager._storage.get_file(url.removeprefix(f"{ADDRESS}/")).content  # type: ignore[attr-defined,no-any-return]


def test_what_was_offered_before_is_written_while_the_page_is_made_anew(
    manager: MediaFileManager, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(MediaFileManager, "remove_orphaned_files", lambda manager: None)
    files = Unoffered(manager)
    old = offer(manager, "old")
    manager.clear_session_refs()
    manager.remove_orphaned_files()
    files.let_go(0)
    new = offer(manager, "new")
    files.let_go(KEPT_SECONDS - 1)
    assert read(manager, manager.execute_deferred(old)) == b"old"
    assert read(manager, manager.execute_deferred(new)) == b"new"
    files.let_go(KEPT_SECONDS)
    with pytest.raises(MediaFileStorageError, match="not found"):
        manager.execute_deferred(old)
    files.let_go(3 * KEPT_SECONDS)
    assert read(manager, manager.execute_deferred(new)) == b"new"


def test_a_written_file_waits_to_be_fetched_and_goes(manager: MediaFileManager) -> None:
    files = Unoffered(manager)
    url = manager.execute_deferred(offer(manager, "numbers"))
    files.let_go(0)
    files.let_go(KEPT_SECONDS - 1)
    assert read(manager, url) == b"numbers"
    files.let_go(KEPT_SECONDS)
    assert not manager._file_metadata
    with pytest.raises(MediaFileStorageError):
        read(manager, url)


def test_what_is_offered_again_is_kept_anew(manager: MediaFileManager) -> None:
    files = Unoffered(manager)
    name = offer(manager, "numbers")
    shown = dict(manager._files_by_session_and_coord)
    manager.clear_session_refs()
    files.let_go(0)
    manager._files_by_session_and_coord.update(shown)
    files.let_go(KEPT_SECONDS)
    manager.clear_session_refs()
    files.let_go(KEPT_SECONDS + 1)
    assert manager.execute_deferred(name)


def test_of_who_has_left_nothing_stays(manager: MediaFileManager) -> None:
    files = Unoffered(manager)
    for text in "abc":
        manager.execute_deferred(offer(manager, text))
    manager.clear_session_refs()
    files.let_go(0)
    files.let_go(KEPT_SECONDS)
    assert not manager._deferred_callables
    assert not manager._deferred_ids_by_session
    assert not manager._file_metadata


def test_streamlit_lets_nothing_go_by_itself(
    manager: MediaFileManager, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        MediaFileManager, "remove_orphaned_files", MediaFileManager.remove_orphaned_files
    )
    offered.keep_a_while()
    name = offer(manager, "numbers")
    manager.clear_session_refs()
    manager.remove_orphaned_files()
    assert manager.execute_deferred(name)

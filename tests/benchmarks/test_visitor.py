"""A visitor of the load benchmark hears a server that says what it is told to."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from benchmarks.visitor import LostError, NoPictureError, Visitor

OURS = "fragment of the page"
DONE, AGAIN = ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_EARLY_FOR_RERUN
DONE_PART = ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY


class Server:
    """In place of a socket: answers each message with the next of these, then is silent."""

    def __init__(self, *answers: Sequence[ForwardMsg]) -> None:
        self.answers, self.said = list(answers), list[BackMsg]()
        self.waiting: asyncio.Queue[bytes] = asyncio.Queue()

    async def send(self, message: bytes) -> None:
        self.said.append(BackMsg.FromString(message))
        for answer in self.answers.pop(0) if self.answers else ():
            self.waiting.put_nowait(answer.SerializeToString())

    async def recv(self) -> bytes:
        return await self.waiting.get()


def began(*fragments: str) -> ForwardMsg:
    message = ForwardMsg()
    message.new_session.SetInParent()
    message.metadata.run.fragment_ids.extend(fragments)
    return message


def ended(status: int) -> ForwardMsg:
    return ForwardMsg(script_finished=status)  # type: ignore[arg-type]


def slider(now: str = "1") -> ForwardMsg:
    message = ForwardMsg()
    message.delta.fragment_id = OURS
    made = message.delta.new_element.slider
    made.id, made.label, made.type, made.set_value = "λ's id", "λ", made.SELECT_SLIDER, True
    made.options.extend(("0", "1", "2"))
    made.default.append(0)
    made.raw_value.append(now)
    return message


def chart(run: str, query: str = "seed=7", **more: Any) -> ForwardMsg:
    message = ForwardMsg(hash=run)
    message.metadata.cacheable = True
    message.delta.fragment_id = OURS
    made = message.delta.new_element.bidi_component
    made.id, made.json = "chart", json.dumps({"payload": {"run": run, "query": query, **more}})
    return message


def same(run: str) -> ForwardMsg:
    return ForwardMsg(ref_hash=run)


OPENED = (began(), slider(), chart("a"), ended(DONE))


def visit(server: Server, act: Callable[[Visitor], Coroutine[Any, Any, Any]]) -> Any:
    """What comes of an act of somebody who has opened the page."""

    async def come() -> Any:
        visitor = Visitor("http://127.0.0.1:1", 7, server, 5.0)  # type: ignore[arg-type]
        try:
            await visitor.arrive("step", "seed=7")
            return await act(visitor)
        finally:
            await visitor.leave()

    return asyncio.run(come())


async def move(visitor: Visitor) -> tuple[float, Visitor]:
    control = visitor.controls["λ"]
    return await visitor.move(control, control.state("2")), visitor


def test_a_page_is_opened_by_its_name_and_link_and_moved_by_its_fragment() -> None:
    server = Server(OPENED, [began(OURS), slider("2"), chart("b", "seed=7&λ=2"), ended(DONE_PART)])
    took, visitor = visit(server, move)
    opening, moving = (message.rerun_script for message in server.said)
    assert (opening.page_name, opening.query_string) == ("step", "seed=7")
    assert moving.fragment_id == OURS
    stand = {
        state.id: list(state.string_array_value.data) for state in moving.widget_states.widgets
    }
    assert stand["λ's id"] == ["2"]
    assert list(moving.cached_message_hashes) == ["a"]
    assert took >= 0
    assert [drawn.query for drawn in visitor.charts] == ["seed=7&λ=2"]
    assert visitor.controls["λ"].now == "2"


def test_what_the_page_was_still_saying_is_no_answer() -> None:
    growth = [began(), chart("a 2"), ended(AGAIN), began(), chart("a 3"), ended(DONE)]
    answer = [began(OURS), chart("b", "seed=7&λ=2"), ended(DONE_PART)]
    _, visitor = visit(Server(OPENED, [*growth, *answer]), move)
    assert [drawn.query for drawn in visitor.charts] == ["seed=7&λ=2"]


def test_a_run_of_the_whole_page_that_shows_the_new_question_is_an_answer() -> None:
    answer = [began(), slider("2"), chart("b", "seed=7&λ=2"), ended(DONE)]
    visit(Server(OPENED, answer), move)


def test_a_message_that_is_only_named_is_the_one_sent_before() -> None:
    answer = [began(OURS), chart("b"), same("a"), ended(DONE_PART)]
    visit(Server(OPENED, answer), move)
    with pytest.raises(LostError, match="the name of a message"):
        visit(Server(OPENED, [began(OURS), same("never sent")]), move)


@pytest.mark.parametrize("answer", [[], [chart("a")], [same("a")]])
def test_a_move_without_a_new_picture_is_none(answer: list[ForwardMsg]) -> None:
    with pytest.raises(NoPictureError, match="after a move of λ"):
        visit(Server(OPENED, [began(OURS), *answer, ended(DONE_PART)]), move)


def test_a_control_that_a_move_takes_away_is_moved_no_more() -> None:
    answer = [began(OURS), chart("b", "seed=7&λ=2"), ended(DONE_PART)]
    _, visitor = visit(Server(OPENED, answer), move)
    assert visitor.controls == {}
    rest = [began("another"), ended(DONE_PART)]
    again = [began(OURS), slider(), chart("b"), ended(AGAIN), began(OURS), slider(), *rest]
    _, visitor = visit(Server(OPENED, again), move)
    assert list(visitor.controls) == ["λ"]


def test_an_exception_on_the_page_loses_the_visitor() -> None:
    message = ForwardMsg()
    message.delta.new_element.exception.type = "KeyError"
    with pytest.raises(LostError, match="met KeyError"):
        visit(Server(OPENED, [began(OURS), message]), move)


def test_patience_has_an_end() -> None:
    async def wait(visitor: Visitor) -> None:
        visitor.patience = 0.0
        await move(visitor)

    with pytest.raises(LostError, match="waited more than 0 s"):
        visit(Server(OPENED, [began(OURS), chart("b")]), wait)


def test_a_page_settles_when_no_run_follows() -> None:
    opened = [began(), slider(), chart("a 1"), ended(AGAIN)]
    opened += [began(), chart("a 2"), ended(AGAIN), began(), chart("a 3"), ended(DONE)]

    async def settle(visitor: Visitor) -> Visitor:
        await visitor.settle()
        return visitor

    server = Server(opened)
    visit(server, settle)
    assert server.waiting.empty()


def test_a_page_that_repeats_itself_is_asked_again() -> None:
    told = ForwardMsg()
    told.auto_rerun.interval, told.auto_rerun.fragment_id = 0.01, "clock"

    async def look(visitor: Visitor) -> None:
        while len(server.said) < 3:
            await visitor.linger(0.01)

    server = Server([*OPENED[:-1], told, ended(DONE)])
    visit(server, look)
    again = server.said[1].rerun_script
    assert (again.fragment_id, again.is_auto_rerun) == ("clock", True)

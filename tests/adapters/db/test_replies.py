"""Answers that are given again: one request is carried out, however often it is sent."""

from datetime import UTC, datetime, timedelta

import pytest

from app.adapters.db.replies import SqlReplies
from app.errors import BadInput, Taken
from app.ports.people import Reply
from tests.adapters.db.folks import at_once

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
ANSWER = Reply(201, '{"location": "/x"}', '{"name": "ü"}')


def finished(replies, key="k", actor="ada"):
    assert replies.begin(actor, key, "request") is None
    replies.finish(actor, key, ANSWER.status, ANSWER.headers, ANSWER.body)


def test_the_first_answer_is_given_again(database):
    finished(database.replies)
    assert database.replies.begin("ada", "k", "request") == ANSWER
    assert database.replies.begin("bob", "k", "request") is None, "keys are everybody's own"
    assert database.replies.begin("ada", "other", "request") is None


def test_a_key_is_for_one_request(database):
    finished(database.replies)
    with pytest.raises(BadInput, match="another request"):
        database.replies.begin("ada", "k", "something else")


def test_while_the_first_is_at_work_the_second_is_told_so(database):
    database.replies.begin("ada", "k", "request")
    with pytest.raises(Taken, match="still at work"):
        database.replies.begin("ada", "k", "request")


def test_of_many_at_once_one_is_carried_out(database):
    took = at_once(*(lambda: database.replies.begin("ada", "k", "request") for _ in range(6)))
    assert sum(one is None for one in took) == 1
    assert sum(isinstance(one, Taken) for one in took) == 5


def test_a_request_that_did_nothing_may_be_sent_again(database):
    database.replies.begin("ada", "k", "request")
    database.replies.forget("ada", "k")
    finished(database.replies)


def test_answers_are_kept_for_a_day(engine):
    times = iter((NOW, NOW + timedelta(days=1), NOW + timedelta(days=1, seconds=1)))
    replies = SqlReplies(engine, lambda: next(times))
    finished(replies)
    assert replies.begin("ada", "k", "request") == ANSWER
    assert replies.begin("ada", "k", "request") is None

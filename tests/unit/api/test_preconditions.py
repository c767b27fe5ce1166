"""What somebody else changed meanwhile is not decided on."""

import pytest
from fastapi import HTTPException

from services.api.preconditions import require_match, tag_of

TAG = tag_of(b"{}", 3)


def refusal(if_match, version=3):
    with pytest.raises(HTTPException) as caught:
        require_match(if_match, version)
    return caught.value.status_code


@pytest.mark.parametrize("if_match", [TAG, f'"other", {TAG}', f"{TAG},{tag_of(b'{}', 2)}", tag_of(b"[]", 3)])
def test_a_request_on_the_version_that_holds_is_let_through(if_match):
    require_match(if_match, 3)


@pytest.mark.parametrize(
    "if_match", [tag_of(b"{}", 2), tag_of(b"{}", 33), f"W/{TAG}", TAG.strip('"'), "3", "", "v3", '"v３-"']
)
def test_every_other_tag_is_stale(if_match):
    assert refusal(if_match) == 412


def test_where_a_tag_is_needed_none_is_told_to_read_first():
    assert refusal(None) == 428
    require_match(None, 3, needed=False)


def test_a_tag_of_whatever_there_is_names_nothing_that_was_read():
    assert refusal("*") == 428
    require_match("*", 3, needed=False)


def test_a_tag_of_what_has_no_version_opens_no_version():
    assert refusal(tag_of(b"{}")) == 412


def test_two_representations_of_a_version_have_tags_of_their_own():
    assert tag_of(b"{}", 3) != tag_of(b"[]", 3)

"""What regions of a map are called, by made-up regions."""

import pytest

from explorer.regions import Region
from explorer.ui import region_names

BUSY, LEAPS, QUICK, SWAY = 1, 2, 3, 4  # attributes of a melody


def region(**facts):
    nothing = {"attributes": (), "leanings": (), "word": "", "key": "", "source": ""}
    return Region(x=0.0, y=0.0, size=20, **{**nothing, **facts})


def calm(**facts):
    return region(attributes=((BUSY, False),), **facts)


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"attributes": ((BUSY, True),), "word": "reel"}, "busy · “reel”"),
        ({"attributes": ((BUSY, False), (LEAPS, True))}, "calm · full of leaps"),
        ({"attributes": ((QUICK, False), (BUSY, True))}, "busy"),
        ({"key": "D major", "source": "cre"}, "in D major · Irish dance tunes"),
        ({"attributes": ((QUICK, False),)}, ""),
        ({"leanings": ((BUSY, True),)}, ""),
        ({}, ""),
    ],
)
def test_a_region_is_called_by_what_is_common_there(facts, said):
    assert region_names.name(region(**facts), "melody") == said
    assert region_names.names([region(**facts)], "melody") == [said]


def test_of_two_that_are_alike_the_second_says_one_thing_more():
    found = [calm(), calm(leanings=((LEAPS, True),)), region(word="reel")]
    assert region_names.names(found, "melody") == [
        "calm",
        "calm · bigger leaps",
        "“reel”",
    ]


def test_what_is_common_comes_before_what_a_region_only_leans_to():
    strong = ((BUSY, False), (LEAPS, False), (SWAY, True))
    found = [
        region(attributes=strong[:2]),
        region(attributes=strong, leanings=((0, True),)),
        region(attributes=strong[:2], source="cre", leanings=((0, True),)),
        region(attributes=strong[:2], leanings=((0, True),)),
    ]
    assert region_names.names(found, "melody") == [
        "calm · in small steps",
        "calm · in small steps · swaying off the beat",
        "calm · in small steps · Irish dance tunes",
        "calm · in small steps · more white keys",
    ]


def test_where_nothing_tells_regions_apart_only_the_first_has_the_name():
    alike = [calm(leanings=((LEAPS, False),))] * 4
    assert region_names.names(alike, "melody") == [
        "calm",
        "calm · smaller steps",
        "",
        "",
    ]

"""Running the benchmarks."""

from __future__ import annotations

import sys

import pytest

from deployment import bench
from deployment.package import ROOT


def test_every_benchmark_has_bounds_and_is_run() -> None:
    files = {file.stem: file.read_text() for file in (ROOT / "benchmarks").glob("[!_]*.py")}
    assert bench.names() == sorted(files)
    assert [name for name, text in files.items() if "--check" not in text] == []


def test_only_those_that_go_far_are_asked_to() -> None:
    assert bench.command("item_size", large=True) == [sys.executable, "-m", "benchmarks.item_size", "--check"]
    assert bench.command("ical", large=True) == [sys.executable, "-m", "benchmarks.ical", "--check", "--million"]
    assert bench.command("ical", large=False) == [sys.executable, "-m", "benchmarks.ical", "--check"]


def test_knows_what_a_benchmark_is_about() -> None:
    assert bench.about("ical") == (ROOT / "benchmarks" / "ical.py").read_text().splitlines()[0].removeprefix('"""')


def test_says_in_the_end_what_is_out_of_bounds(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    commands = {"good": "print('figures'); print('=> 3 x as fast')", "bad": "import sys; print('figures'); sys.exit('too slow')"}
    monkeypatch.setattr(bench, "command", lambda name, *, large: [sys.executable, "-c", commands[name]])
    monkeypatch.setattr(bench, "about", lambda name: f"what is {name}")
    monkeypatch.setattr(sys, "argv", ["bench", "good", "bad"])

    with pytest.raises(SystemExit) as ended:
        bench.main()

    assert ended.value.code == 1
    said = capfd.readouterr()
    assert said.out.count("figures") == 2
    assert said.out.partition("\n== in short: ")[2].splitlines() == [
        "1 of 2 within their bounds",
        "good              ok  3 x as fast",
        "bad               NOT what is bad",
        "                      too slow",
    ]
    assert "too slow" in said.err

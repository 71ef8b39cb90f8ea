"""Figures of claims against their passages."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from computeatlas.curate.check.evidence import (
    check_evidence,
    find_broken_passages,
    find_broken_sources,
    read_archive,
)
from computeatlas.curate.check.figures import find_missing_figures
from computeatlas.curate.passages import facts_of, read_passages
from computeatlas.engine.embedded import EmbeddedEngine
from computeatlas.model.findings import Finding, Severity
from computeatlas.model.project import Project
from computeatlas.turtle.lines import ParsedGraph, parse_project

CLAIMS = "graph_data/claims/hall.ttl"
THINGS = "graph_data/entities/things.ttl"
PAPER = "graph_data/sources/paper.ttl"
TEXTS = Path(__file__).parents[2] / "data" / "archive"
#: What the claim on the cost gives in the graph as it is.
PREDICATE, OBJECT = "atlas:predicate atlas:costEstimate", "atlas:object qty:eur-10"


def replace(root: Path, file: str, old: str, new: str) -> None:
    path = root / file
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, old
    path.write_text(text.replace(old, new), encoding="utf-8")


def write_paper(root: Path, language: str, first: str, second: str) -> dict[str, str]:
    """Let the paper say `first` and `second`, its two passages; returns the archive that has it."""
    text = f"{first} {second}"
    digests = [hashlib.sha256(part.encode()).hexdigest() for part in (text, first, second)]
    head = (root / PAPER).read_text(encoding="utf-8").partition("src:paper a")[0]
    source = f'''src:paper a atlas:Source ;
    dcterms:title "Paper"@en ;
    dcterms:language "{language}" ;
    dcterms:extent {len(text)} ;
    atlas:sha256 "{digests[0]}" .
'''
    places = [("0-31", 0, len(first), digests[1]), ("32-48", len(first) + 1, len(text), digests[2])]
    passages = [
        f"psg:paper-{name} a atlas:Passage ; atlas:inSource src:paper ; oa:start {start} ; oa:end {end} ;\n"
        f'    atlas:sha256 "{digest}" .\n'
        for name, start, end, digest in places
    ]
    (root / PAPER).write_text(head + source + "".join(passages), encoding="utf-8")
    return {digests[0]: text}


def give(root: Path, predicate: str, value: str) -> None:
    """Let the claim on the cost give `value` for `predicate` instead."""
    replace(root, CLAIMS, PREDICATE, f"atlas:predicate atlas:{predicate}")
    replace(root, CLAIMS, OBJECT, f"atlas:value {value}")


def give_quantity(root: Path, statements: str) -> None:
    """Let the quantity that the claim leads to be another one."""
    path = root / THINGS
    head = path.read_text(encoding="utf-8").partition("qty:eur-10 a")[0]
    path.write_text(f"{head}qty:eur-10 a atlas:QuantityValue ;\n    {statements} .\n", encoding="utf-8")


def missing(root: Path, archive: dict[str, str]) -> list[Finding]:
    graph, faults = parse_project(Project.find(root))
    assert faults == []
    facts = facts_of(graph)
    passages = read_passages(graph, facts, archive)
    assert find_broken_sources(graph, facts, archive) == find_broken_passages(graph, passages.values()) == []
    return find_missing_figures(graph, EmbeddedEngine(graph.quads()), facts, passages)


def evidence_codes(graph: ParsedGraph, archive: dict[str, str]) -> list[str]:
    return [f.code for f in check_evidence(graph, EmbeddedEngine(graph.quads()), facts_of(graph), archive)]


def missing_in(graph: ParsedGraph, archive: dict[str, str]) -> list[Finding]:
    """Return the figures that are missing, whatever the passages are."""
    facts = facts_of(graph)
    return find_missing_figures(graph, EmbeddedEngine(graph.quads()), facts, read_passages(graph, facts, archive))


def line_of(root: Path, text: str) -> int:
    lines = (root / CLAIMS).read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if text in line)


def test_a_figure_that_a_passage_has_is_found(tiny: Path) -> None:
    assert missing(tiny, read_archive(TEXTS)) == []


def test_an_amount_that_no_passage_has_is_an_error_at_its_line(tiny: Path) -> None:
    replace(tiny, THINGS, "atlas:minValue 10.0", "atlas:minValue 11.0")
    replace(tiny, THINGS, "atlas:maxValue 10.0", "atlas:maxValue 11.0")
    [finding] = missing(tiny, read_archive(TEXTS))
    assert (finding.path, finding.line) == (CLAIMS, line_of(tiny, OBJECT))
    assert (finding.code, finding.severity) == ("figure-not-in-passage", Severity.ERROR)
    assert "claim:hall-cost gives 11 EUR" in finding.what
    assert finding.why == "they have 10"
    assert "Counted:" not in finding.hint


def test_each_bound_of_a_range_is_looked_for(tiny: Path) -> None:
    replace(tiny, THINGS, "atlas:maxValue 10.0", "atlas:maxValue 12.0")
    [finding] = missing(tiny, read_archive(TEXTS))
    assert "gives 12 EUR" in finding.what


def test_a_passage_of_another_claim_does_not_count(tiny: Path) -> None:
    replace(tiny, CLAIMS, "atlas:evidence psg:paper-32-48", "atlas:evidence psg:paper-0-31")
    [finding] = missing(tiny, read_archive(TEXTS))
    assert finding.why == "they have no number"


def test_any_one_passage_of_the_claim_is_enough(tiny: Path) -> None:
    replace(tiny, CLAIMS, "atlas:evidence psg:paper-32-48", "atlas:evidence psg:paper-0-31 , psg:paper-32-48")
    assert missing(tiny, read_archive(TEXTS)) == []


@pytest.mark.parametrize(
    "language, text, bounds, found",
    [
        ("sv", "Priset är 12,8 miljarder.", "atlas:minValue 12800000000.0 ; atlas:currency 'SEK'", True),
        ("en", "The price is 12.8 billion.", "atlas:minValue 12800000000.0 ; atlas:currency 'SEK'", True),
        ("sv", "Priset är 12.800 kronor.", "atlas:minValue 12800.0 ; atlas:currency 'SEK'", True),
        ("en", "The price is 12.800 kronor.", "atlas:minValue 12800.0 ; atlas:currency 'SEK'", False),
        ("en", "Some 3 to 5 billion.", "atlas:minValue 3e9 ; atlas:maxValue 5e9 ; atlas:currency 'EUR'", True),
        ("en", "Some 3 billion.", "atlas:minValue 3 ; atlas:currency 'EUR'", False),
        ("en", "It draws one gigawatt.", "atlas:minValue 1000.0 ; atlas:unit 'MW'", True),
        ("en", "It draws one gigawatt.", "atlas:minValue 1.0 ; atlas:unit 'MW'", False),
        ("en", "It draws one gigawatt.", "atlas:minValue 1000.0 ; atlas:unit 'a'", False),
        ("en", "It draws 1000 at most.", "atlas:minValue 1000.0 ; atlas:unit 'MW'", True),
        ("en", "It draws 1,000 megawatts.", "atlas:minValue 1.0 ; atlas:unit 'GW'", True),
        ("en", "It draws 500 kW.", "atlas:minValue 0.5 ; atlas:unit 'MW'", True),
        ("sv", "Den drar en gigawatt.", "atlas:minValue 1.0 ; atlas:unit 'GW'", True),
        ("en", "It draws 2 hectares.", "atlas:minValue 2.0 ; atlas:unit 'GW'", False),
        ("en", "It uses 7.3 TWh.", "atlas:minValue 7300.0 ; atlas:unit 'GW.h'", True),
        ("en", "It draws 7.3 TW.", "atlas:minValue 7.3 ; atlas:unit 'TW.h'", False),
        ("en", "It does 1.5 exaflops.", "atlas:minValue 1.5 ; atlas:unit 'EFLOP/s' ; atlas:numberFormat 'FP8'", True),
        ("en", "It does 1,500 PFLOP/s.", "atlas:minValue 1.5 ; atlas:unit 'EFLOP/s'", True),
        ("en", "It does 1.5 petaflops.", "atlas:minValue 1.5 ; atlas:unit 'EFLOP/s'", False),
        ("sv", "Tomten är 84 hektar.", "atlas:minValue 84.0 ; atlas:unit 'har'", True),
        ("sv", "Tomten är 84 hektar.", "atlas:minValue 840000.0 ; atlas:unit 'm2'", True),
        ("en", "It has 36,000 square metres.", "atlas:minValue 36000.0 ; atlas:unit 'm2'", True),
        ("en", "It takes 40 per cent.", "atlas:minValue 40.0 ; atlas:unit '%'", True),
        ("en", "It takes half.", "atlas:minValue 50.0 ; atlas:unit '%'", True),
        ("en", "It takes 40 %.", "atlas:minValue 50.0 ; atlas:unit '%'", False),
        ("en", "It has 8,000 NVIDIA GPUs.", "atlas:minValue 8000.0 ; atlas:unit 'GPU'", True),
        ("en", "It draws 8,000 MW.", "atlas:minValue 8000.0 ; atlas:unit 'GPU'", False),
        ("en", "It takes 18 months.", "atlas:minValue 1.5 ; atlas:unit 'a'", True),
        ("en", "It stores 0.4 exabytes.", "atlas:minValue 400.0 ; atlas:unit 'PBy'", True),
        ("sv", "Det tar ett till två år.", "atlas:minValue 1.0 ; atlas:maxValue 2.0 ; atlas:unit 'a'", True),
        ("sv", "Ett hus tar två år.", "atlas:minValue 1.0 ; atlas:maxValue 2.0 ; atlas:unit 'a'", False),
    ],
)
def test_quantities_in_both_languages(tiny: Path, language: str, text: str, bounds: str, found: bool) -> None:
    archive = write_paper(tiny, language, "Nothing here.", text)
    give_quantity(tiny, bounds)
    assert [finding.severity for finding in missing(tiny, archive)] == ([] if found else [Severity.ERROR])


STRICT = "atlas:minValue 1.0 ; atlas:unit 'GW' ; atlas:lowerBoundStrict true"
ALMOST = "atlas:maxValue 1.0 ; atlas:unit 'GW' ; atlas:upperBoundStrict true ; atlas:approximate true"


@pytest.mark.parametrize(
    "language, text, bounds, sound",
    [
        ("en", "It draws more than one gigawatt.", STRICT, True),
        ("en", "It draws over 1,000 MW.", STRICT, True),
        ("sv", "Den drar drygt 1 GW.", STRICT, True),
        ("en", "It draws one gigawatt.", STRICT, False),
        ("en", "It draws almost one gigawatt.", STRICT, False),
        ("en", "It draws nearly a gigawatt.", ALMOST, True),
        ("sv", "Den drar nästan en gigawatt.", ALMOST, True),
        ("sv", "Den drar knappt en gigawatt.", ALMOST, True),
        ("en", "It draws a gigawatt.", ALMOST, False),
        ("en", "It draws over a gigawatt.", "atlas:minValue 1.0 ; atlas:unit 'GW'", False),
        ("en", "It draws a gigawatt.", "atlas:minValue 1.0 ; atlas:unit 'GW'", True),
        ("en", "It draws over a gigawatt, at least a gigawatt.", "atlas:minValue 1.0 ; atlas:unit 'GW'", True),
    ],
)
def test_strict_bounds_are_those_of_the_passages(
    tiny: Path, language: str, text: str, bounds: str, sound: bool
) -> None:
    archive = write_paper(tiny, language, "Nothing here.", text)
    give_quantity(tiny, bounds)
    found = [(finding.code, finding.severity, finding.line) for finding in missing(tiny, archive)]
    assert found == ([] if sound else [("bound-not-in-passage", Severity.WARNING, line_of(tiny, OBJECT))])


@pytest.mark.parametrize(
    "text, predicate, value, found",
    [
        ("It opens in 2027.", "operationalFrom", "2027", True),
        ("It opens in 2025–2027.", "operationalFrom", "2027", True),
        ("It opens in 2026.", "operationalFrom", "2027", False),
        ("It opens some day.", "operationalFrom", "2027", False),
        ("It opens in 2027.", "operationalFrom", '"2027"^^<http://www.w3.org/2001/XMLSchema#gYear>', True),
        ("It opens in 2026.", "operationalFrom", '"2027"^^<http://www.w3.org/2001/XMLSchema#gYear>', False),
        ("It opens in 2027.", "operationalFrom", '"2027-34?"^^<http://id.loc.gov/datatypes/edtf/EDTF>', True),
        ("It opens in 2026.", "operationalFrom", '"2027-34"^^<http://id.loc.gov/datatypes/edtf/EDTF>', False),
        ("It opens in 2026.", "operationalFrom", '"2026/2027"^^<http://id.loc.gov/datatypes/edtf/EDTF>', False),
        ("It opens in 2026 or 2027.", "operationalFrom", '"2026/2027"^^<http://id.loc.gov/datatypes/edtf/EDTF>', True),
        ("It opens in the 2030s.", "operationalFrom", '"203X"^^<http://id.loc.gov/datatypes/edtf/EDTF>', True),
        ("Half of it is paid.", "fundingShare", "0.50", True),
        ("They pay 50/50.", "fundingShare", "0.5", True),
        ("They pay 0.5 of it.", "fundingShare", "0.5", True),
        ("They pay 50 of it.", "fundingShare", "0.5", False),
        ("They pay 40 % of it.", "fundingShare", "0.5", False),
        ("It is 100 % green.", "renewableShare", "1.0", True),
        ("It is one green hall.", "renewableShare", "1.0", False),
        ("They pay a third.", "fundingShare", "0.333", True),
        ("They pay a third.", "fundingShare", "0.334", False),
        ("They pay a third.", "fundingShare", "0.3", False),
        ("They pay 33.3 %.", "fundingShare", "0.33", False),
        ("There are seven halls.", "facilityCount", "7", True),
        ("There are seven halls.", "facilityCount", "8", False),
        ("It is 7 % done.", "facilityCount", "7", False),
        ("There are seven halls.", "purpose", '"8 halls"@en', True),
    ],
)
def test_years_shares_and_counts(tiny: Path, text: str, predicate: str, value: str, found: bool) -> None:
    archive = write_paper(tiny, "en", "Nothing here.", text)
    give(tiny, predicate, value)
    findings = missing(tiny, archive)
    assert bool(findings) is not found
    assert [finding.line for finding in findings] == ([] if found else [line_of(tiny, f"atlas:value {value}")])


@pytest.mark.parametrize(
    "text, count, severity",
    [
        ("A hall in Town, a hall in City.", "2", Severity.WARNING),
        ("A hall in Town and two more in City.", "3", Severity.WARNING),
        ("A hall in Town and two more in City.", "1", Severity.ERROR),
        ("Two halls in Town.", "3", Severity.ERROR),
        ("A hall in Town that is 40 % green.", "2", Severity.WARNING),
    ],
)
def test_a_count_that_the_curators_may_have_made_is_a_warning(
    tiny: Path, text: str, count: str, severity: Severity
) -> None:
    archive = write_paper(tiny, "en", "Nothing here.", text)
    give(tiny, "facilityCount", count)
    [finding] = missing(tiny, archive)
    assert finding.severity is severity
    assert "begins with “Counted:”" in finding.hint


@pytest.mark.parametrize(
    "predicate, value, reason, findings",
    [
        ("facilityCount", "2", "Counted: the halls that the text names.", 0),
        ("facilityCount", "2", "The halls that the text names were counted.", 1),
        ("operationalFrom", "2027", "Counted: two years from now.", 1),
        ("fundingShare", "0.5", "Counted: two pay.", 1),
    ],
)
def test_a_count_that_is_said_to_be_one_is_not_looked_for(
    tiny: Path, predicate: str, value: str, reason: str, findings: int
) -> None:
    archive = write_paper(tiny, "en", "Nothing here.", "A hall in Town, a hall in City.")
    give(tiny, predicate, f'{value} ;\n    atlas:rankReason "{reason}"@en')
    assert len(missing(tiny, archive)) == findings


def test_a_broken_passage_is_the_only_fault_of_its_claim(tiny: Path) -> None:
    replace(tiny, THINGS, "atlas:minValue 10.0", "atlas:minValue 11.0")
    replace(tiny, PAPER, "oa:end 48", "oa:end 47")
    graph, _ = parse_project(Project.find(tiny))
    assert missing_in(graph, read_archive(TEXTS)) == []
    assert evidence_codes(graph, read_archive(TEXTS)) == ["passage-digest"]
    assert evidence_codes(graph, {}) == ["source-not-archived"]


def test_a_broken_passage_beside_a_sound_one_may_have_the_figure(tiny: Path) -> None:
    replace(tiny, PAPER, "oa:end 48", "oa:end 47")
    replace(tiny, CLAIMS, "atlas:evidence psg:paper-32-48", "atlas:evidence psg:paper-0-31 , psg:paper-32-48")
    graph, _ = parse_project(Project.find(tiny))
    assert missing_in(graph, read_archive(TEXTS)) == []


def test_the_evidence_check_finds_passages_and_figures(tiny: Path) -> None:
    replace(tiny, PAPER, "oa:end 31", "oa:end 30")
    replace(tiny, THINGS, "atlas:minValue 10.0", "atlas:minValue 9.0")
    graph, _ = parse_project(Project.find(tiny))
    assert evidence_codes(graph, read_archive(TEXTS)) == ["passage-digest", "figure-not-in-passage"]


def test_a_value_that_is_no_number_is_for_other_checks(tiny: Path) -> None:
    archive = write_paper(tiny, "en", "Nothing here.", "Nothing there.")
    give(tiny, "facilityCount", '"many"^^<http://www.w3.org/2001/XMLSchema#integer>')
    assert missing(tiny, archive) == []
    replace(
        tiny,
        CLAIMS,
        '"many"^^<http://www.w3.org/2001/XMLSchema#integer>',
        '"INF"^^<http://www.w3.org/2001/XMLSchema#double>',
    )
    assert [finding.code for finding in missing(tiny, archive)] == ["figure-not-in-passage"]


def test_a_year_with_a_time_zone_is_not_looked_for(tiny: Path) -> None:
    archive = write_paper(tiny, "en", "Nothing here.", "Nothing there.")
    give(tiny, "operationalFrom", '"2027Z"^^<http://www.w3.org/2001/XMLSchema#gYear>')
    assert missing(tiny, archive) == []


def test_every_figure_of_the_graph_is_in_its_passages(parsed: ParsedGraph, archive: Path) -> None:
    findings = missing_in(parsed, read_archive(archive))
    assert [str(finding) for finding in findings if finding.is_error] == []

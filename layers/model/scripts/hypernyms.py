"""Writes hypernyms.json: for each ImageNet class the kinds of thing it is, in the words people use.

usage: python hypernyms.py /usr/share/wordnet/data.noun LABELS.json HYPERNYMS.json

The ids of ImageNet's classes are offsets in WordNet 3.0 (Debian package wordnet-base; 3.1 has others).
spoken_ancestors.txt, beside this script, lists the kinds that are kept and says how to read its lines.
"""

import json
import re
import sys
from pathlib import Path
from typing import NamedTuple

SPOKEN_ANCESTORS = Path(__file__).with_name('spoken_ancestors.txt')
LINE = re.compile(r'(?:(?P<name>\S+) = )?(?P<terms>\S+ n\d{8}(?: [+-] \S+ n\d{8})*)')
TERM = re.compile(r'(?:(?P<sign>[+-]) )?(?P<word>\S+) (?P<wnid>n\d{8})')


class Synset(NamedTuple):
    """A meaning in WordNet: the words for it and the more general meanings above it."""

    words: list[str]
    hypernyms: list[str]


class Kind(NamedTuple):
    """A line of spoken_ancestors.txt; its id is that of the first synset."""

    wnid: str
    name: str
    with_synsets: set[str]
    without_synsets: set[str]

    def covers(self, lineage: set[str]) -> bool:
        """Says whether a class with these synsets at or above it is of this kind."""
        return not lineage.isdisjoint(self.with_synsets) and lineage.isdisjoint(self.without_synsets)


def main(data_noun: str, labels_json: str, hypernyms_json: str) -> None:
    """Makes the file."""
    synsets = read_synsets(data_noun)
    class_wnids = [wnid for wnid, _ in json.loads(Path(labels_json).read_text())]
    kinds = read_kinds(SPOKEN_ANCESTORS, synsets)
    check_kinds(kinds, set(class_wnids))

    ancestors = kinds_by_class(kinds, {wnid: lineage_of(wnid, synsets) for wnid in class_wnids})
    document = {
        'source': 'WordNet 3.0, Princeton University',
        'names': {kind.wnid: kind.name for kind in kinds},
        'ancestors': ancestors,
    }
    Path(hypernyms_json).write_text(json.dumps(document, separators=(',', ':')))
    alone = [wnid for wnid in class_wnids if not ancestors[wnid]]
    print(len(kinds), 'kinds; of none of them:', *(synsets[wnid].words[0] for wnid in alone))


def read_synsets(data_noun: str) -> dict[str, Synset]:
    """Reads WordNet's nouns by wnid; man 5 wndb describes the format."""
    with open(data_noun, encoding='latin-1') as lines:
        return dict(parse_synset(line) for line in lines if not line.startswith('  '))


def parse_synset(line: str) -> tuple[str, Synset]:
    """Reads one line: offset, file, type, n words with their ids, m pointers of four fields, | gloss."""
    fields = line.split(' | ')[0].split()
    words_end = 4 + 2 * int(fields[3], 16)
    pointers = fields[words_end + 1 : words_end + 1 + 4 * int(fields[words_end])]
    hypernyms = [
        'n' + offset for symbol, offset in zip(pointers[0::4], pointers[1::4]) if symbol in ('@', '@i')
    ]
    return 'n' + fields[0], Synset(fields[4:words_end:2], hypernyms)


def read_kinds(path: Path, synsets: dict[str, Synset]) -> list[Kind]:
    """Reads the kinds that are kept, in the order of the file."""
    lines = path.read_text().replace('\n    ', ' ').splitlines()
    return [parse_kind(line, synsets) for line in lines if line and not line.startswith('#')]


def parse_kind(line: str, synsets: dict[str, Synset]) -> Kind:
    """Reads one line; refuses an id whose synset has not the word beside it, for ids are easily mistyped."""
    match = LINE.fullmatch(line)
    if not match:
        raise ValueError(f'{line!r} is not a line of the form: [word =] word wnid [+|- word wnid]…')
    terms = list(TERM.finditer(match['terms']))
    for term in terms:
        synset = synsets.get(term['wnid'])
        if not synset or term['word'] not in synset.words:
            raise ValueError(f'{term["wnid"]} is {synset and synset.words} in WordNet, not {term["word"]!r}')
    return Kind(
        wnid=terms[0]['wnid'],
        name=match['name'] or terms[0]['word'],
        with_synsets={term['wnid'] for term in terms if term['sign'] != '-'},
        without_synsets={term['wnid'] for term in terms if term['sign'] == '-'},
    )


def check_kinds(kinds: list[Kind], class_wnids: set[str]) -> None:
    """Refuses what would make a label ambiguous: two kinds of one name or id, or the id of a class."""
    for values in ([kind.name for kind in kinds], [kind.wnid for kind in kinds]):
        if twice := {value for value in values if values.count(value) > 1}:
            raise ValueError(f'more than one line for {sorted(twice)}')
    if classes := class_wnids.intersection(kind.wnid for kind in kinds):
        raise ValueError(f'{sorted(classes)} are classes: they cannot stand first in a line')


def lineage_of(wnid: str, synsets: dict[str, Synset]) -> set[str]:
    """Returns the synset and all above it, by every path."""
    return {wnid}.union(*(lineage_of(above, synsets) for above in synsets[wnid].hypernyms))


def kinds_by_class(kinds: list[Kind], lineages: dict[str, set[str]]) -> dict[str, list[str]]:
    """Returns the kinds of each class, nearest first: the one that fewest classes share."""
    members = {kind.wnid: [c for c, lineage in lineages.items() if kind.covers(lineage)] for kind in kinds}
    nearest_first = sorted(members, key=lambda wnid: len(members[wnid]))
    return {c: [wnid for wnid in nearest_first if c in members[wnid]] for c in lineages}


if __name__ == '__main__':
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])

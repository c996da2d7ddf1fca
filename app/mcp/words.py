"""What the server says of itself and of its tools."""

INSTRUCTIONS = """\
Shanhai (山海) has the figures of newspaper articles on China's East-West cooperation as open data. Every value leads \
back to the words of its source, and every answer is that of the public API /v1. Names are in Chinese and English; \
questions may be in either.

Rules for answers:
- Quote a value with its `as_stated`, the very words of the source, and link its `source_url`. `comparator` belongs to \
the value: gt 11000 is "more than 11,000", never "11,000". So do `unit`, `status`, `period`, `per`, `change` and time.
- Cite the release, `meta.release`; the tool cite has the citation.
- Never add, average or subtract figures yourself. Use aggregate, which refuses what must not be added and says why: \
pass that on. It is an answer, not a failure.
- Say only what the records say. A null is not zero, and what is not recorded is not known. A figure that counts \
things is one record; it does not name them.

`text_zh` and `text_en` state a value with all that qualifies it. Begin with search, or with list_records and \
filters. A refused call says which parameter is wrong and what is allowed: correct it and call again. The resource \
shanhai://dictionary/{collection} explains each field."""

SEARCH = (
    "Find records in all collections, best first. A hit has a record's collection, id, names and the place that "
    "matches, and the value of a figure; then call get_record or list_records. All words must occur, so a short word "
    "finds most: 财政 rather than a phrase. If nothing is found, `suggestions` has queries that find something."
)
LIST = (
    "Records of one collection, with filters. Without `fields` a record has the fields that a quotation needs; "
    "`meta.total` is the number of all matching records, and `links.next` has the cursor of the next page."
)
FILTERS = (
    "Conditions, all of which must hold. A key is a field of the collection, for equality, or a field with an "
    "operator: __ne __gt __gte __lt __lte __in (values with commas) __contains __startswith __isnull (true or false); "
    'for example {"unit": "CNY", "value__gte": "1000000"}.'
)
SAME_FILTERS = "Conditions, with the keys and values that list_records has."
GET = (
    "One record with all its fields; of a figure also the evidence: the words in the source, where they are, and each "
    "step from them to the value. Links to its citation follow."
)
ID = "The record's id, which search and list_records return."
EVIDENCE = "False leaves the evidence out."
AGGREGATE = (
    "Count records, or sum, average and compare amounts, by groups. It refuses to add what is not alike, such as other "
    "units, plans and results, or parts and their whole, and says which filters make it right. Only its sums may be "
    "quoted as totals."
)
CITE = "How to cite the dataset and its release, or the article behind one figure."
COMPARE = (
    "What changed between two releases of the dataset: records that were added, removed or changed, with both values. "
    "Each is the id of a release, or latest. Without `old` and `new`, the releases that there are."
)
COLLECTION = "The collection."
DICTIONARY = "Its fields, with what each means, its type, unit and allowed values."
RECORD = "One record, as get_record has it without its evidence."
NOT_JSON = "Tools return JSON alone. Leave out `format`, and the extension of an id."
BOTH = "Give both `old` and `new`, or neither for the releases that there are."
NOT_UNICODE = "A value is not valid Unicode."
TOO_LONG = "The answer is longer than {most:,} bytes. Ask for less with `limit`, `fields` or filters."

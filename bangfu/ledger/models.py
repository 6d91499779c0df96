"""What is kept: programmes, places, parties, people, and the entries of the ledger, which are only ever added.

Rows of Posting, Entry, Measure, Participation, Evidence and Ended are never changed or deleted; database triggers say so on
both engines (migration 0002). `post.py` alone writes them, `facts.py` alone reads them for figures.
Money and quantities are integers of their unit's smallest part. Personal data lives in Person and Household only.
"""
# ruff: noqa: RUF012, DJ008 - Meta's lists are Django's way; a record that has no name of its own prints none

from __future__ import annotations

from django.conf import settings
from django.db import models

from bangfu.ledger.crypt import EncryptedJSONField, EncryptedTextField


class Place(models.Model):
    """An administrative division or a site in it: province, prefecture, county, township, village, site (domain.md 0.4).

    A place is known by its name under its parent, never by its name alone. `path` is "/1/5/9/" of ids down to itself,
    so a subtree is a prefix. The official division code is optional and carries validity dates, as codes change yearly.
    """

    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    name = models.CharField(max_length=100)
    level = models.CharField(max_length=12)  # province prefecture county township village site
    variants = models.JSONField(default=list)  # other ways in which the office writes it
    code = models.CharField(max_length=12, null=True)
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)
    path = models.CharField(max_length=200, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["parent", "name"], name="place_once_under_parent", nulls_distinct=False)]

    def __str__(self) -> str:
        return self.name


class Party(models.Model):
    """An organisation, a unit of it, a Party branch, a village committee, a firm: whoever acts and is not a person.

    Units of the helper organisation are its children, so a unit subtree is a prefix of `path` as with places.
    """

    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=20)  # organisation unit branch general_branch committee firm other
    variants = models.JSONField(default=list)
    place = models.ForeignKey(Place, models.PROTECT, null=True)
    path = models.CharField(max_length=200, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["parent", "name", "kind"], name="party_once_under_parent", nulls_distinct=False)]

    def __str__(self) -> str:
        return self.name


class Programme(models.Model):
    """One task of one helper organisation (定点, 托底, 驻村, 组团 …): the top of everything (domain.md 4.15).

    `mark` is the gapless number of the last posting, taken under a lock on this row. `kept` is the mark for which its lines
    (`Line`) hold: where the two differ, figures are read from the entries themselves.
    """

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=200)
    helper = models.ForeignKey(Party, models.PROTECT, related_name="programmes")
    begin = models.DateField()
    end = models.DateField(null=True)
    mark = models.BigIntegerField(default=0)
    kept = models.BigIntegerField(default=0)
    demonstration = models.BooleanField(default=False)  # marked as such on every page
    places = models.ManyToManyField(Place, related_name="programmes")  # those its workbooks may name

    def __str__(self) -> str:
        return self.name


class Household(models.Model):
    """A household of a village. What is personal is encrypted; entries point here and hold nothing of it themselves."""

    programme = models.ForeignKey(Programme, models.CASCADE)
    place = models.ForeignKey(Place, models.PROTECT, null=True)
    head = EncryptedTextField(label="household.head")  # householder's name
    head_index = models.BinaryField(max_length=16)  # keyed hash of the name, to find it again
    code = EncryptedTextField(label="household.code", null=True)  # 户编号
    details = EncryptedJSONField(label="household.details", default=dict)
    erased = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["programme", "head_index"], name="household_head")]


class Person(models.Model):
    """A person who acts or is helped: cadre, student, trainee, member of a household. Encrypted, found by keyed hashes."""

    programme = models.ForeignKey(Programme, models.CASCADE)
    household = models.ForeignKey(Household, models.PROTECT, null=True)
    place = models.ForeignKey(Place, models.PROTECT, null=True)  # where people of that name are told apart by
    name = EncryptedTextField(label="person.name")
    name_index = models.BinaryField(max_length=16)
    id_number = EncryptedTextField(label="person.id_number", null=True)
    id_index = models.BinaryField(max_length=16, null=True)
    phone = EncryptedTextField(label="person.phone", null=True)
    details = EncryptedJSONField(label="person.details", default=dict)
    erased = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["programme", "name_index"], name="person_name"),
            models.Index(fields=["programme", "id_index"], name="person_id", condition=models.Q(id_index__isnull=False)),
        ]


class Project(models.Model):
    """A project that entries are about: its proposal, approval, payments, acceptance are entries of their own."""

    programme = models.ForeignKey(Programme, models.CASCADE)
    name = models.CharField(max_length=200)
    place = models.ForeignKey(Place, models.PROTECT, null=True)

    class Meta:
        indexes = [models.Index(fields=["programme", "name"], name="project_name")]

    def __str__(self) -> str:
        return self.name


class Batch(models.Model):
    """One upload: the office's own file, kept encrypted, with what became of its rows (counts always add up)."""

    programme = models.ForeignKey(Programme, models.CASCADE)
    filename = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT)
    at = models.DateTimeField(auto_now_add=True)
    counts = models.JSONField(default=dict)  # {"read", "recorded", "amended", "unchanged", "skipped", "refused"}
    taken_back = models.DateTimeField(null=True)


class Posting(models.Model):
    """One act of writing: all entries of it share its mark. Who, when, which verb, and why."""

    programme = models.ForeignKey(Programme, models.PROTECT)
    mark = models.BigIntegerField()
    verb = models.CharField(max_length=12)  # record amend void import take_back
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT)
    at = models.DateTimeField(auto_now_add=True)
    reason = models.TextField(default="")
    batch = models.ForeignKey(Batch, models.PROTECT, null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["programme", "mark"], name="posting_mark_once")]


class Entry(models.Model):
    """Something that happened, or a state that held (台账记录). Never changed, never deleted.

    `begin` and `end` are half-open. `category`, `counts_to` and `facets` are codes of the catalogue and may be filtered by
    figures; `details` are the remaining fields, encrypted. A title that is a person's name is not kept here: the entry points to
    the person or household. `row_hash` is a keyed hash of the row as read, by which the same row is known again.

    What an entry refers to is looked up and locked by `post.py`, many at once, and kept by triggers (migration 0002): a foreign key's
    check for each row and column would double the time of a big posting (docs/performance.md).
    """

    id = models.BigAutoField(primary_key=True)
    programme = models.ForeignKey(Programme, models.PROTECT, db_index=False, db_constraint=False)
    mark = models.BigIntegerField()
    kind = models.CharField(max_length=40)
    begin = models.DateField()
    end = models.DateField(null=True)
    title = models.CharField(max_length=200, default="")
    category = models.CharField(max_length=40, default="")
    counts_to = models.CharField(max_length=20, default="")
    unit = models.ForeignKey(Party, models.PROTECT, null=True, db_index=False, db_constraint=False, related_name="+")
    place = models.ForeignKey(Place, models.PROTECT, null=True, db_index=False, db_constraint=False, related_name="+")
    party = models.ForeignKey(Party, models.PROTECT, null=True, db_index=False, db_constraint=False, related_name="+")
    project = models.ForeignKey(Project, models.PROTECT, null=True, db_index=False, db_constraint=False)
    household = models.ForeignKey(Household, models.PROTECT, null=True, db_index=False, db_constraint=False)
    facets = models.JSONField(default=dict)
    details = EncryptedJSONField(label="entry.details", default=dict)
    supersedes = models.ForeignKey("self", models.PROTECT, null=True, db_index=False, db_constraint=False, related_name="+")
    batch = models.ForeignKey(Batch, models.PROTECT, null=True, db_index=False, db_constraint=False)
    sheet = models.CharField(max_length=255, default="")
    row = models.IntegerField(null=True)
    row_hash = models.BinaryField(max_length=16, null=True)

    class Meta:
        indexes = [
            models.Index(fields=["programme", "kind", "-begin", "-id"], name="entry_kind_begin"),
            models.Index(fields=["programme", "-begin", "-id"], name="entry_begin"),
            models.Index(fields=["programme", "title"], name="entry_title"),
            models.Index(fields=["programme", "row_hash"], name="entry_row_hash", condition=models.Q(row_hash__isnull=False)),
            models.Index(fields=["project", "begin"], name="entry_project", condition=models.Q(project__isnull=False)),
            models.Index(fields=["household", "begin"], name="entry_household", condition=models.Q(household__isnull=False)),
            models.Index(fields=["batch", "id"], name="entry_batch", condition=models.Q(batch__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.begin}"


class Measure(models.Model):
    """One measure of one entry, in the smallest part of the unit its kind declares (a training is 1 期 and 60 人次)."""

    pk = models.CompositePrimaryKey("entry", "name")
    entry = models.ForeignKey(Entry, models.PROTECT, db_index=False, db_constraint=False, related_name="measures")
    name = models.CharField(max_length=40)
    value = models.BigIntegerField()


class Participation(models.Model):
    """A person in an entry: the posted cadre, the student aided, each leader of a field visit."""

    pk = models.CompositePrimaryKey("entry", "person")
    entry = models.ForeignKey(Entry, models.PROTECT, db_index=False, db_constraint=False, related_name="participations")
    person = models.ForeignKey(Person, models.PROTECT, db_constraint=False, related_name="participations")


class Voucher(models.Model):
    """A piece of evidence (佐证材料): the file is kept encrypted under its SHA-256; one file may prove many entries."""

    programme = models.ForeignKey(Programme, models.CASCADE)
    sha256 = models.CharField(max_length=64)
    filename = models.CharField(max_length=255)
    size = models.BigIntegerField()
    media_type = models.CharField(max_length=100)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["programme", "sha256"], name="voucher_once")]


class Evidence(models.Model):
    """A voucher proves an entry."""

    pk = models.CompositePrimaryKey("entry", "voucher")
    entry = models.ForeignKey(Entry, models.PROTECT, db_index=False, related_name="evidence")
    voucher = models.ForeignKey(Voucher, models.PROTECT, related_name="evidence")
    mark = models.BigIntegerField()


class Ended(models.Model):
    """The end of an entry: superseded by another (an amendment) or voided, from `mark` on. As known before, it still stands."""

    entry = models.OneToOneField(Entry, models.PROTECT, primary_key=True, related_name="ended")
    mark = models.BigIntegerField()
    successor = models.ForeignKey(Entry, models.PROTECT, null=True, related_name="+")


class Reveal(models.Model):
    """Somebody looked at personal data unmasked: who, whose, which field, why (invariant 12). Never changed."""

    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT)
    at = models.DateTimeField(auto_now_add=True)
    person = models.ForeignKey(Person, models.PROTECT, null=True)
    household = models.ForeignKey(Household, models.PROTECT, null=True)
    field = models.CharField(max_length=40)
    reason = models.CharField(max_length=200)


class Variety(models.Model):
    """One sort of line: entries of a kind with the same codes, and one measure of theirs ("": the entries; "@person": their persons)."""

    programme = models.ForeignKey(Programme, models.CASCADE)
    kind = models.CharField(max_length=40)
    category = models.CharField(max_length=40)
    counts_to = models.CharField(max_length=20)
    facets = models.TextField()  # as `lines.facets_text` writes them
    measure = models.CharField(max_length=40)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["programme", "kind", "category", "counts_to", "facets", "measure"], name="variety_once"),
        ]


class Title(models.Model):
    """A title that entries of a kind have, once: lines name it by number, so that a text is looked for among few titles, not among many entries."""

    programme = models.ForeignKey(Programme, models.CASCADE, db_index=False)
    kind = models.CharField(max_length=40)
    text = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["programme", "text", "kind"], name="title_once")]

    def __str__(self) -> str:
        return self.text


class Line(models.Model):
    """The ledger as figures read it at the current mark: a narrow row for each standing entry, and for each measure and each person of it.

    An index, not a record: `lines.py` keeps it in step with each posting, can drop it and make it again, and a test holds it equal to
    `evaluate`. Its table is made by migration 0005, ordered by its key on SQLite. Days are ordinals (`date.toordinal`); a place that is
    not known is 0. `value` is the measure in smallest parts, the person's id, or 0.
    """

    pk = models.CompositePrimaryKey("variety", "year", "place", "begin", "entry", "value")
    variety = models.ForeignKey(Variety, models.CASCADE, db_constraint=False, db_index=False)
    year = models.SmallIntegerField()
    place = models.IntegerField()
    begin = models.IntegerField()
    entry = models.BigIntegerField()
    value = models.BigIntegerField()
    end = models.IntegerField(null=True)
    unit = models.IntegerField(null=True)
    household = models.IntegerField(null=True)
    title = models.IntegerField(null=True)
    project = models.IntegerField(null=True)
    party = models.IntegerField(null=True)

    class Meta:
        managed = False
        db_table = "ledger_line"


class Total(models.Model):
    """How many lines of a variety begin in a year at a place (0: at none, -1: at any or none), and what their values add up to.

    Kept with the lines, and as easily thrown away.
    """

    pk = models.CompositePrimaryKey("variety", "year", "place")
    variety = models.ForeignKey(Variety, models.CASCADE, db_constraint=False, db_index=False)
    year = models.SmallIntegerField()
    place = models.IntegerField()
    lines = models.BigIntegerField()
    value = models.BigIntegerField()

"""Quirks: behaviour that the vendors do not document, each with the variants a client has to be ready for.

Every quirk is a guess. The first variant is the one in force until the control interface sets another.
A vendor's API names its quirks in its class; the five tables below are theirs.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Quirk:
    """One open question about a vendor.

    Attributes:
        name: What the control interface calls it.
        variants: The possible answers, the default first.
        says: One sentence: what is unknown and what the variants do.
    """

    name: str
    variants: tuple[str, ...]
    says: str


@dataclass(slots=True)
class Quirks:
    """The variants in force, by vendor."""

    _tables: dict[str, dict[str, Quirk]] = field(default_factory=dict)
    _chosen: dict[str, dict[str, str]] = field(default_factory=dict)

    def declare(self, vendor: str, table: tuple[Quirk, ...]) -> None:
        """Make the quirks of ``vendor`` known."""
        self._tables[vendor] = {quirk.name: quirk for quirk in table}

    def get(self, vendor: str, name: str) -> str:
        """Return the variant in force."""
        quirk = self._tables[vendor][name]
        return self._chosen.get(vendor, {}).get(name, quirk.variants[0])

    def choose(self, vendor: str, chosen: dict[str, str]) -> None:
        """Put variants in force, all of them or, when one is unknown, none.

        Args:
            vendor: Whose quirks.
            chosen: The variant of each quirk by its name.

        Raises:
            ValueError: The vendor has no such quirk, or the quirk no such variant; the message names those there are.
        """
        for name, variant in chosen.items():
            self._check(vendor, name, variant)
        self._chosen.setdefault(vendor, {}).update(chosen)

    def _check(self, vendor: str, name: str, variant: str) -> None:
        table = self._tables[vendor]
        if name not in table:
            message = f"{vendor} has no quirk {name}; it has {', '.join(table)}"
            raise ValueError(message)
        if variant not in table[name].variants:
            message = f"{name} has no variant {variant}; it has {', '.join(table[name].variants)}"
            raise ValueError(message)

    def reset(self, vendor: str) -> None:
        """Go back to the defaults of ``vendor``."""
        self._chosen.pop(vendor, None)

    def table(self, vendor: str) -> list[Quirk]:
        """Return the quirks of ``vendor``."""
        return list(self._tables[vendor].values())


RALLY = (
    Quirk("put_scope", ("request_union", "strict_put"),
          "An import is a PUT: a person loses the custom properties that others of the same request have and they"
          " lack (request_union), or every custom property that was not sent (strict_put)."),
    Quirk("absent_names", ("keep", "clear"), "A record without firstName or lastName keeps or clears the stored name."),
    Quirk("import_status", ("200", "202"), "The status of the answer to an import."),
    Quirk("import_id", ("given", "null"), "importId may be null; when is not said. The import happens all the same."),
    Quirk("failed_records", ("list", "null", "absent", "person_ids"),
          "failedRecords names e-mail addresses where it can (list), is always null, is left out, or holds person"
          " ids only."),
    Quirk("null_value", ("clears", "fails"), "A property whose value is null is cleared, or fails its record."),
    Quirk("duplicates", ("last", "first", "both_fail"),
          "Of two records with one identifier in one request the last is used, the first is, or both fail."),
    Quirk("status_word", ("documented", "unknown_while_running", "unknown_for_good"),
          "An import may show a status outside the documented four, for a while or for ever."),
    Quirk("unknown_key", ("refused", "ignored"), "A person with a key that is not documented makes the call a 400, or"
          " the key is ignored."),
    Quirk("over_cap", ("400", "413"), "The status of the answer to more than 1,000 people."),
    Quirk("property_list", ("results", "array"), "GET /properties answers an object with results, or a bare array."),
    Quirk("select_value", ("name", "option_id"), "A select property takes the names of its options, or their ids."),
    Quirk("masked_properties", ("none", "flagged", "custom"),
          "A search answers UNAUTHORIZED for no property, for those flagged isPII or isPHI, or for every custom one."),
    Quirk("email_case", ("folded", "exact"), "E-mail addresses match without or with regard to case."),
)  # fmt: skip

FLAMEUP = (
    Quirk("invalid_element", ("refuse_batch", "refuse_batch_unnamed", "drop_silently"),
          "An invalid person makes the batch a 422 that names it as people[N].field, a 422 without details, or is"
          " left out of a successful answer."),
    Quirk("spelling", ("external_id_attributes", "userId_traits"),
          "People are answered with external_id and attributes, or with userId and traits: both are published."),
    Quirk("batch_status", ("200", "201"), "The status of the answer to a batch."),
    Quirk("null_value", ("stored", "removed", "refused"), "A null is stored, removes the value, or is invalid."),
    Quirk("email_collision", ("conflict_409", "merge", "accept", "refuse_422"),
          "A person with the e-mail address of somebody else makes the call a 409, is merged into them (and gives"
          " them its userId), is stored beside them, or is invalid."),
    Quirk("unknown_key", ("refused", "ignored"), "A key of a person that is not documented is invalid, or ignored."),
    Quirk("order", ("request", "reversed"), "people of the answer come in the order of the request or in another."),
    Quirk("create_existing", ("upsert", "conflict_409"), "POST /people of a known userId updates it or is a 409."),
)  # fmt: skip

MOVEMENT = (
    Quirk("id_key", ("deferred_result_id", "id", "deferred_result.id", "result_id"),
          "Where the answer to a bulk upsert carries the id of the deferred result."),
    Quirk("id_form", ("number", "uuid"), "Deferred results have numbers or UUIDs."),
    Quirk("status_words", ("pending_complete", "queued_completed", "processing_finished", "running_succeeded",
                           "unknown_word"),
          "The words for a deferred result that is under way and one that is done."),
    Quirk("while_running", ("shown", "missing_404"), "A deferred result under way is shown, or is a 404 until done."),
    Quirk("record_errors", ("present", "absent"), "A result lists the records it rejected, or only counts the others."),
    Quirk("unknown_slug", ("ignored", "rejected"), "A key that is no custom field is ignored, or rejects its record."),
    Quirk("missing_external_id", ("refuse_call", "refuse_record"),
          "A record without external_id makes the call a 400, or is rejected alone."),
    Quirk("null_value", ("ignored", "clears", "rejected"),
          "A null keeps the stored value, clears it, or rejects its record."),
    Quirk("duplicates", ("last", "first"), "Of two records with one external_id in a call both are merged in order, or"
          " the first counts alone."),
    Quirk("custom_fields_shape", ("array", "wrapped"),
          "GET /custom_fields answers an array, or an object with custom_fields."),
    Quirk("show_by", ("id_or_external_id", "id_only"), "GET /targets/{id} takes external_id too, or only the id."),
)  # fmt: skip

XTREMEPUSH = (
    Quirk("task_id_key", ("task_id_and_model_id", "model.id", "data.task_id", "data.id", "taskId", "id"),
          "Where the 202 answer carries the id of the task."),
    Quirk("task_status", ("numeric", "text"), "Tasks have status numbers (0 to 3) or words."),
    Quirk("failure_status", ("matching", "always_200"),
          "A failure has the HTTP status of its code (newer text), or is HTTP 200 with success false (older text)."),
    Quirk("unknown_column", ("ignored", "refused"), "A column that is no attribute is ignored, or the call is a 400."),
    Quirk("null_value", ("clears", "ignored"),
          "A null clears the stored value or keeps it; so does an empty text where the column is no text."),
    Quirk("row_errors", ("listed", "listed_as_failure", "row_skipped", "all_or_nothing"),
          "Bad rows are listed in errors of a success, or of a failure, or skipped without a word; or they fail the"
          " whole import, which then stores nothing and names no row."),
    Quirk("error_form", ("text", "object"), "Elements of errors are texts that begin rows[N], or objects with row."),
    Quirk("over_recommended", ("413", "400", "accepted"), "The answer to more than the recommended 10,000 rows."),
)  # fmt: skip

PROPELLER = (
    Quirk("parent_missing", ("per_record", "whole_404"),
          "A new contact without a parent, or any with an unknown one, fails alone or makes the call a 404."),
    Quirk("failure_text", ("messages", "message", "error.messages"), "Where a failed element says what is wrong."),
    Quirk("key_form", ("as_sent", "string"), "A number sent as sourceId comes back in key as a number or as a text."),
    Quirk("pointer", ("given", "absent"), "A 400 names the contact as #/contacts/N, or only says what is wrong."),
    Quirk("null_value", ("refused", "ignored", "clears"), "A null is a 10007, keeps the value, or clears it."),
    Quirk("order", ("request", "reversed"), "data of the answer comes in the order of the request or in another."),
    Quirk("unknown_id", ("creates", "fails"), "An unknown id on bulk/id creates the contact, or fails its element."),
    Quirk("date_of_birth", ("both", "day_first", "iso"), "dateOfBirth is taken as 28/08/1993, 1993-08-28, or both."),
    Quirk("unauthorised", ("envelope", "gateway"), "A 401 has the error envelope, or the body of an Apigee gateway."),
)  # fmt: skip

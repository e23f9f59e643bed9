"""TargetPeople: the composition root. Singer messages in, STATE out."""

from __future__ import annotations

import copy
import os
import random
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn, cast

from singer_sdk import Target
from singer_sdk.exceptions import MissingKeyPropertiesError, RecordsWithoutSchemaException
from singer_sdk.helpers.capabilities import CapabilitiesEnum, PluginCapabilities, TargetCapabilities
from singer_sdk.io_base import GenericSingerReader

from target_people.batch_file import read_batch
from target_people.configuration import builtin_keys, check_builtin, environment, merged
from target_people.delivery.clock import SystemClock
from target_people.delivery.json import encode
from target_people.delivery.sender import Surroundings
from target_people.errors import ConfigurationError, InputError, MappingError
from target_people.log import VendorLog
from target_people.output import print_state
from target_people.people.mapping import Unmappable
from target_people.reader import MessageReader
from target_people.replay import Replay
from target_people.run import Run, http
from target_people.schema import SchemaWhenAsked
from target_people.settings import parse
from target_people.signals import Signals
from target_people.sinks import log_batch_time
from target_people.stream import InvalidSchemaError, Stream, check_schema
from target_people.stream_map import maps_of, transform_of
from target_people.vendors import sinks

if TYPE_CHECKING:
    from collections.abc import Callable

    from target_people.delivery.contract import Vendor
    from target_people.delivery.transport import Transport
    from target_people.progress import Display
    from target_people.sinks import PeopleSink
    from target_people.stream_map import Transform


_RECORDS_A_TURN = 256
"""Records of a BATCH file between two looks at what else is due."""


class RecordBeforeSchemaError(InputError, RecordsWithoutSchemaException):
    """A RECORD of a stream that has no SCHEMA yet."""


class KeyPropertyMissingError(InputError, MissingKeyPropertiesError):
    """A RECORD without one of its stream's key properties."""


class PeopleReader(MessageReader, GenericSingerReader[bytes]):
    """Our reader, as the SDK wants to see it."""


class TargetPeople(Target):
    """Load people from any Singer tap into the people APIs of five vendors."""

    name = "target-people"
    package_name = "target-people"
    run_class: ClassVar[type[Run]] = Run
    """What holds accounts, verdicts and STATE together; a dry run has its own."""
    config_jsonschema: ClassVar[dict[str, Any]] = SchemaWhenAsked()  # type: ignore[assignment]  # a descriptor
    message_reader_class = PeopleReader
    capabilities: ClassVar[list[CapabilitiesEnum]] = [
        PluginCapabilities.ABOUT,
        PluginCapabilities.STREAM_MAPS,
        PluginCapabilities.FLATTENING,
        PluginCapabilities.STRUCTURED_LOGGING,
        PluginCapabilities.BATCH,
        TargetCapabilities.VALIDATE_RECORDS,
    ]

    def __init__(
        self,
        *,
        around: Surroundings | None = None,
        transport: Callable[[Vendor[Any, Any]], Transport] = http,
        print_state: Callable[[bytes], None] = print_state,
        signals: Signals | None = None,
        display: Display | None = None,
        **sdk: Any,  # noqa: ANN401 - the SDK's own arguments, handed on
    ) -> None:
        """Read the settings and make the accounts; no request is sent.

        Args:
            around: clock and randomness; the machine's unless given.
            transport: makes the transport of a vendor.
            print_state: writes one STATE line; to standard output unless given.
            signals: where SIGINT and SIGTERM arrive; made unless given.
            display: shows how far the run has come; None shows nothing.
            sdk: ``config``, ``parse_env_config``, ``validate_config``, ``setup_mapper``, ``message_reader``.

        Raises:
            ConfigurationError: naming the setting.
        """
        config = copy.deepcopy(dict(sdk.pop("config", None) or {}))
        if sdk.pop("parse_env_config", False):
            config = merged(config, environment(lambda: self._env_var_config, os.environ, self._env_var_prefix))
        self.signals = signals or Signals()
        self._streams: dict[str, list[Stream]] = {}
        self._routes: dict[str, list[tuple[Stream, Transform | None]]] = {}
        self._schemas: dict[str, bytes] = {}
        self._told: set[str] = set()
        super().__init__(config=config, **sdk)
        around = around or Surroundings.of(SystemClock(), random.Random())  # noqa: S311 - jitter is no secret
        size = config.get("batch_size_rows")
        observe = partial(VendorLog, timed=log_batch_time)
        self.run = self.run_class(
            self.settings, around, print_state, batch_size=size, transport=transport, observe=observe, display=display
        )
        self._replay = Replay(self.run.pipelines, self.reader.where, lambda text: self.logger.warning("%s", text))
        self.reader.turn = self.run.turn
        self.reader.forgive = self._replay.forgive
        self.run.progress.follow(self.reader.share)
        self.signals.hand_to(self.run.interrupt)

    @property
    def reader(self) -> MessageReader:
        """The message reader, by the name of what it adds to the SDK's."""
        return cast("MessageReader", self.message_reader)

    @property
    def mapped(self) -> bool:
        """Whether any stream goes to any vendor."""
        return any(stream.sinks for streams in self._streams.values() for stream in streams)

    def _validate_config(self, *, raise_errors: bool = True) -> list[str]:
        """Read the settings with pydantic, whose complaints name the key and hold no value.

        Why not the SDK's: it prints the values that it does not like, secrets too, and exits with 1.
        """
        builtin: dict[str, Any] = {"properties": {}}
        self.append_builtin_config(builtin)
        try:
            check_builtin(self._config, builtin)
            self.settings = parse(self._config, builtin_keys(builtin))
        except ConfigurationError as error:
            if raise_errors:
                raise
            return str(error).splitlines()
        return []

    def _process_schema_message(self, message_dict: dict[str, Any]) -> None:
        """Take a SCHEMA; one that says nothing new changes nothing.

        Why not the SDK's: it makes one sink per stream, and parks the old one so that its records are sent last.
        """
        self._assert_line_requires(message_dict, requires={"stream", "schema"})
        check_schema(message_dict, self.reader.where)
        name, schema = message_dict["stream"], message_dict["schema"]
        known = copy.deepcopy((schema, message_dict.get("key_properties")))
        if self._schemas.get(name) == encode(known):
            return
        self._schemas[name] = encode(known)
        maps = maps_of(self.mapper, name, *known)
        for stream in self._streams.get(name, ()):
            stream.close()
        self._streams[name] = [self._stream(name, stream_map) for stream_map in maps]
        self._routes[name] = list(zip(self._streams[name], map(transform_of, maps), strict=True))
        if self.mapped:
            self.run.release()

    def _stream(self, name: str, stream_map: Any) -> Stream:  # noqa: ANN401 - the SDK's StreamMap
        schema = stream_map.transformed_schema
        keys = stream_map.transformed_key_properties or ()
        validated = self.config.get("validate_records", True)
        try:
            return Stream(
                self.run,
                name=name,
                alias=stream_map.stream_alias,
                schema=schema if validated else None,
                message=self.reader.line,
                key_properties=keys,
                sinks=self._sinks(stream_map.stream_alias, schema, keys),
            )
        except InvalidSchemaError:
            raise InputError(self.reader.where("is a SCHEMA that is no valid JSON Schema")) from None

    def _sinks(self, alias: str, schema: dict[str, Any], keys: Any) -> list[PeopleSink]:  # noqa: ANN401
        """One sink per vendor that the stream can be mapped for."""
        made = (self._sink(vendor, alias, schema, keys) for vendor in self.run.settings.wanted(alias))
        return [sink for sink in made if sink is not None]

    def _sink(self, vendor: str, alias: str, schema: dict[str, Any], keys: Any) -> PeopleSink | None:  # noqa: ANN401
        try:
            sink: PeopleSink = sinks()[vendor](self, alias, copy.deepcopy(schema), keys)
        except Unmappable as error:
            self._leave_out(vendor, alias, error)
            return None
        sink.setup()
        return sink

    def _leave_out(self, vendor: str, alias: str, why: Unmappable) -> None:
        self._warn_once(f"{alias}/{vendor}", f"stream {alias} is skipped for {vendor}: {why}")

    def _process_record_message(self, message_dict: dict[str, Any]) -> None:
        """Take a RECORD through its stream maps to every vendor."""
        if "stream" not in message_dict or "record" not in message_dict:
            self._assert_line_requires(message_dict, requires={"stream", "record"})
        self._take(message_dict, self.reader.line)

    def _take(self, message: dict[str, Any], line: bytes) -> None:
        record, only = self._record(message), self._replay.vendor(message)
        for stream, transform in self._routes_of(message["stream"]):
            try:
                transformed = record if transform is None else transform(dict(record))
            except Exception:  # noqa: BLE001 - an expression of the user's may raise anything
                stream.refuse(line, "stream_map_failed", only)
                continue
            if transformed is None:
                stream.skip()
            elif stream.keys <= transformed.keys():
                stream.take(transformed, line, only)
            else:
                self._refuse_keyless(stream, transformed)

    def _record(self, message: dict[str, Any]) -> dict[str, Any]:
        record = message["record"]
        if isinstance(record, dict):
            return record
        raise InputError(self.reader.where("is a RECORD whose record is no object"))

    def _routes_of(self, name: str) -> list[tuple[Stream, Transform | None]]:
        if name not in self._routes:
            raise RecordBeforeSchemaError(self.reader.where("is a RECORD of a stream that has no SCHEMA yet"))
        return self._routes[name]

    def _refuse_keyless(self, stream: Stream, record: dict[str, Any]) -> NoReturn:
        missing = ", ".join(sorted(stream.keys - record.keys()))
        problem = f"is a RECORD of {stream.alias} without its key properties {missing}"
        raise KeyPropertyMissingError(self.reader.where(problem))

    def _process_state_message(self, message_dict: dict[str, Any]) -> None:
        """Hand the value, byte for byte, to the gate; the SDK's own latest state stays unset, so it prints none."""
        self._assert_line_requires(message_dict, requires={"value"})
        self.run.gate.receive(self.reader.state())

    def _process_activate_version_message(self, message_dict: dict[str, Any]) -> None:
        """Accept it; people have no table versions, so it has no effect."""
        del message_dict
        self._warn_once("ACTIVATE_VERSION", "ACTIVATE_VERSION has no effect: people APIs have no table versions")

    def _process_batch_message(self, message_dict: dict[str, Any]) -> None:
        """Take the records of BATCH files one by one, like RECORDs.

        Why not the SDK's: it reads each file whole, and neither validates nor maps nor cuts.
        """
        self._assert_line_requires(message_dict, requires={"stream", "encoding", "manifest"})
        self._routes_of(message_dict["stream"])
        self.run.progress.follow(None)  # its files hold people that the bytes of the input tell nothing of
        stream = encode(message_dict["stream"])
        batch_config = self.config.get("batch_config")
        for number, (record, line) in enumerate(read_batch(message_dict, batch_config, self.reader.where)):
            if number % _RECORDS_A_TURN == 0:
                self.run.turn()
            raw = b'{"type":"RECORD","stream":' + stream + b',"record":' + line.strip() + b"}"
            self._take({"stream": message_dict["stream"], "record": record}, raw)

    def process_endofpipe(self) -> None:
        """Deliver what waits, and let the gate print what that settles."""
        self.run.progress.complete()
        self.run.flush()
        self.run.brake()
        for streams in self._streams.values():
            for stream in streams:
                stream.close()

    def check_mapped(self) -> None:
        """Refuse a run that read records and had a place for none of them.

        Raises:
            ConfigurationError: then.
        """
        self._replay.check()
        if not self.mapped and any(counts.read for counts in self.run.receipt.streams.values()):
            streams = ", ".join(self.run.receipt.streams)
            message = f"no stream could be mapped to people ({streams}); name one under streams, with its fields"
            raise MappingError(message)

    def _warn_once(self, key: str, text: str) -> None:
        if key not in self._told:
            self._told.add(key)
            self.logger.warning("%s", text)

    def _setup_signal_handlers(self) -> None:
        """Take SIGINT and SIGTERM: the SDK's handler drains, and prints a STATE for records that were never sent."""
        self.signals.install()

"""An open history: a transaction to read in, and one to write in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType

from sqlalchemy import Connection

from clipperf.errors import HistoryError, UsageError
from clipperf.history.address import Address
from clipperf.history.engines import WRITES, engine_of, give_room_back, let_readers_and_a_writer_in, reading_options
from clipperf.history.failures import told_plainly
from clipperf.history.migrations import is_current, migrate


class History:
    """The database at an address, to be closed; ``place`` names it to people, without a password.

    ``open_history`` and ``open_existing_history`` give one that is ready to be read and written.
    """

    def __init__(self, address: Address) -> None:
        self.place = address.place
        with told_plainly(self.place):
            self._engine = engine_of(address)
        self._reading_options = reading_options(address)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that sees one state of the history to its end, whatever is written meanwhile."""
        with told_plainly(self.place), self._engine.connect() as connection:
            yield connection.execution_options(**self._reading_options)

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A connection of which all is kept at its end, or nothing where it ends by an error."""
        with told_plainly(self.place), self._engine.connect() as connection:
            writer = connection.execution_options(**{WRITES: True})
            with writer.begin():
                yield writer

    def migrate(self) -> None:
        """Makes the tables, or brings them to this version, in one transaction."""
        try:
            with told_plainly(self.place):
                let_readers_and_a_writer_in(self._engine)
            with self.writing() as connection:
                migrate(connection)
        except HistoryError as error:
            raise HistoryError(f"{error} Its tables have to be made or brought to this version first.") from error

    def give_room_back(self) -> None:
        """Returns to the disk what deleted rows took."""
        with told_plainly(self.place):
            give_room_back(self._engine)

    def close(self) -> None:
        """Gives it free."""
        self._engine.dispose()

    def __enter__(self) -> History:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self.close()


def open_history(address: Address) -> History:
    """The history at an address, made or migrated where it is not of this version.

    Raises HistoryError, one sentence, where that cannot be done or the history is of a newer clipperf.
    """
    if address.file is not None:
        try:
            address.file.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise HistoryError(f"--history {address.place}: its folder cannot be made ({error.strerror}).") from None
    history = History(address)
    try:
        with history.reading() as connection:
            current = is_current(connection, address.place)
        if not current:
            history.migrate()
    except BaseException:
        history.close()
        raise
    return history


def open_existing_history(address: Address) -> History:
    """The same for verbs that only read: raises UsageError where there is no file yet."""
    if address.file is not None and not address.file.is_file():
        raise UsageError(
            f"--history {address.place}: there is no such file. Make it from run folders with clipperf history "
            "rebuild FOLDER, or name another with --history or CLIPPERF_HISTORY."
        )
    return open_history(address)

# SPDX-License-Identifier: BSD-3-Clause
"""Items that a thread makes while those before them are used."""

from contextlib import closing
from queue import SimpleQueue
from threading import Thread

AHEAD = 2  # So many items wait at most.


def read_ahead(items):
    """Yield the items of a generator, which runs in a thread of its own.

    An error of the generator is raised here. Whoever closes this one, which
    `contextlib.closing` does whatever happens, waits until the thread has ended.
    """
    work = _Work(items)
    thread = Thread(target=work.run, name="skpulsar-reader", daemon=True)
    try:
        thread.start()
        while (found := work.made.get()) is not None:
            yield from found
            del found  # An item that has been used may go.
            work.wanted.put(True)
        if work.error is not None:
            raise work.error
    finally:
        work.stop()
        if thread.ident is not None:  # Ctrl-C may have met it as it started.
            thread.join()


class _Work:
    """What the thread does: an item for every one that is wanted.

    Ctrl-C can come at any place of the thread that waits here. The queues are those of
    C, which no signal leaves locked.

    Attributes
    ----------
    wanted, made : SimpleQueue
        Whether another item is wanted; and the items, each in a tuple, then None.

    error : Exception or None
        The error that ended the generator.
    """

    def __init__(self, items):
        self._items, self._stopped, self.error = items, False, None
        self.wanted, self.made = SimpleQueue(), SimpleQueue()
        for _ in range(AHEAD):
            self.wanted.put(True)

    def run(self):
        try:
            with closing(self._items) as items:
                while self.wanted.get() and not self._stopped:
                    self.made.put((next(items),))
        except StopIteration:
            pass
        except BaseException as error:
            self.error = error
        self.made.put(None)

    def stop(self):
        """Let the thread make no other item."""
        self._stopped = True
        self.wanted.put(False)

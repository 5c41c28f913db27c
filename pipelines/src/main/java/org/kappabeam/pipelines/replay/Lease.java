package org.kappabeam.pipelines.replay;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;

/**
 * Who is building a generation, and until when that holds without being renewed.
 *
 * @param by user and machine
 * @param host the machine
 * @param process its number there
 * @param processStarted in milliseconds since the epoch, since numbers come back
 * @param expires in milliseconds since the epoch
 */
@JsonPropertyOrder({"by", "host", "process", "processStarted", "expires"})
record Lease(String by, String host, long process, long processStarted, long expires) {
  /** Longer than any pause of a healthy process, and than the clocks of two machines differ. */
  static final long LENGTH_MILLIS = 60_000;

  static Lease mine(long now) {
    ProcessHandle self = ProcessHandle.current();
    return new Lease(Who.name(), Who.host(), self.pid(), startOf(self), now + LENGTH_MILLIS);
  }

  Lease renewed(long now) {
    return new Lease(by, host, process, processStarted, now + LENGTH_MILLIS);
  }

  boolean isOf(Lease other) {
    return host.equals(other.host)
        && process == other.process
        && processStarted == other.processStarted;
  }

  /** Whether nobody can hold it any more: expired, or of a process of this machine that is gone. */
  boolean isOver(long now) {
    return expires <= now || (host.equals(Who.host()) && !processLives());
  }

  private boolean processLives() {
    return ProcessHandle.of(process)
        .filter(ProcessHandle::isAlive)
        .filter(handle -> startOf(handle) == processStarted)
        .isPresent();
  }

  private static long startOf(ProcessHandle handle) {
    return handle.info().startInstant().map(start -> start.toEpochMilli()).orElse(0L);
  }
}

package org.kappabeam.benchmarks;

/** What is measured. */
enum Job {
  RAW("raw consumer, one thread"),
  READ("slice, decoded only"),
  NATIVE("hand-written Flink job"),
  LIVE("kappa, live"),
  SLICE("kappa, slice");

  private final String title;

  Job(String title) {
    this.title = title;
  }

  String title() {
    return title;
  }

  boolean makesRows() {
    return this != RAW && this != READ;
  }
}

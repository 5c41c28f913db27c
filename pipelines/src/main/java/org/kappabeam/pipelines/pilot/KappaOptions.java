package org.kappabeam.pipelines.pilot;

import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.Validation;
import org.kappabeam.coders.event.MessageFormat;

/** The options of every pilot; each is {@code --name=value} on the command line. */
public interface KappaOptions extends PipelineOptions {

  @Validation.Required
  @Description(
      "The log to read: kafka://, pubsub://, kinesis://, archive:// or tiered:; --help shows one of"
          + " each.")
  String getLog();

  void setLog(String value);

  @Description(
      "A properties file for the log's client (security and the like). Values may refer to secrets as"
          + " ${env:NAME} or ${file:PATH}.")
  String getLogProperties();

  void setLogProperties(String value);

  @Validation.Required
  @Description(
      "The store to keep views in: sqlite:, postgresql://, cassandra://, bigtable:// or bigquery://;"
          + " --help shows one of each.")
  String getView();

  void setView(String value);

  @Description("Which build of the views to write: tables are named <view>__g<generation>.")
  @Default.Integer(1)
  int getGeneration();

  void setGeneration(int value);

  @Description("Where to begin: earliest, latest, or a log time (2018-04-01T00:00:00Z).")
  @Default.String("earliest")
  String getFrom();

  void setFrom(String value);

  @Description("Where to stop: never, latest (as of the start), or a log time.")
  @Default.String("never")
  String getUntil();

  void setUntil(String value);

  @Description(
      "LIVE reads the log as it grows and corrects rows as events arrive; SLICE reads a part of it as a"
          + " bounded collection and writes every row once (needs --until).")
  @Default.Enum("LIVE")
  ReadMode getReadMode();

  void setReadMode(ReadMode value);

  @Description("SLICE only: into how many ranges to split at least; 0 leaves it to the runner.")
  @Default.Integer(0)
  int getSliceRanges();

  void setSliceRanges(int value);

  @Description(
      "The most records a second to read, per worker process; 0 is no limit. Keeps a replay from"
          + " taking log and store away from the live job.")
  @Default.Long(0)
  long getMaxRecordsPerSecond();

  void setMaxRecordsPerSecond(long value);

  @Description(
      "How far event time may lie behind log time (7d, 12h, 30m, 45s or ISO-8601); a record that is"
          + " later becomes a dead letter TOO_LATE.")
  @Default.String("1d")
  String getAllowedLateness();

  void setAllowedLateness(String value);

  @Description(
      "How far event time may lie ahead of log time; a record that is earlier becomes a dead letter"
          + " TOO_EARLY.")
  @Default.String("5m")
  String getAllowedSkew();

  void setAllowedSkew(String value);

  @Description("The largest record that is decoded, in bytes; larger ones become dead letters.")
  @Default.Integer(262_144)
  int getMaxRecordBytes();

  void setMaxRecordBytes(int value);

  @Description(
      "How all messages of the log are written. Needed for AVRO_PLAIN and PROTOBUF_PLAIN; any other"
          + " format is recognised by each message's first bytes, and a log may mix them.")
  MessageFormat getMessageFormat();

  void setMessageFormat(MessageFormat value);

  @Description(
      "AVRO_PLAIN only: a file with the Avro schema the messages were written with, if it is not the"
          + " newest of ours.")
  String getMessageSchema();

  void setMessageSchema(String value);

  @Description(
      "The schema registry that messages in Confluent's wire format name their schemas by:"
          + " http(s)://host:port, Apicurio's with /apis/ccompat/v7.")
  String getSchemaRegistryUrl();

  void setSchemaRegistryUrl(String value);

  @Description(
      "A properties file for the registry's client: basic.auth.user.info, bearer.auth.token,"
          + " ssl.truststore.location and the like; secrets as ${env:NAME} or ${file:PATH}.")
  String getSchemaRegistryProperties();

  void setSchemaRegistryProperties(String value);

  @Description(
      "SLICE only: the registry's subjects whose versions are pinned, with commas between them."
          + " Without it: <topic>-value, the record's full name, <topic>-<record's full name>.")
  String getSchemaSubjects();

  void setSchemaSubjects(String value);

  @Description(
      "The registered schemas as an earlier run pinned them, JSON or a file with it; no registry is"
          + " asked then, and no other schema is known.")
  String getSchemaPins();

  void setSchemaPins(String value);

  @Description(
      "Into how many hash classes keys are grouped between stages. More spread work wider, fewer make"
          + " larger batches. Part of a run's identity: keep it when resuming from state.")
  @Default.Integer(32)
  int getShards();

  void setShards(int value);

  /** How a log is read. */
  enum ReadMode {
    LIVE,
    SLICE
  }
}

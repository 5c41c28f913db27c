package org.kappabeam.transforms.cassandra;

import com.datastax.oss.driver.api.core.ConsistencyLevel;
import com.datastax.oss.driver.api.core.DefaultConsistencyLevel;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.coders.KappaException;
import org.kappabeam.transforms.view.UriParameters;

/**
 * A {@code cassandra://host:9042,host2/keyspace?…} URI taken apart. Its parameters:
 *
 * <ul>
 *   <li>{@code user}, with {@code passwordEnv} or {@code passwordFile};
 *   <li>{@code datacenter}: the one to talk to; by default that of the hosts named;
 *   <li>{@code consistency}: {@code LOCAL_QUORUM} (the default), {@code QUORUM} or {@code ALL}, for
 *       reads and writes alike, so that who reads sees what was written;
 *   <li>{@code tls=true}, and {@code tlsCaFile}: certificates in PEM to trust instead of Java's;
 *   <li>{@code inFlight}: how many rows are under way at once per writer, 1 to 1,024, by default
 *       256;
 *   <li>{@code buckets}: partitions of a table that is created, 1 to 1,024, by default 64; a table
 *       that exists keeps its own.
 * </ul>
 */
final class CassandraAddress {
  static final String EXAMPLE =
      "write cassandra://host:9042/keyspace?user=NAME&passwordEnv=VARIABLE";

  private static final String PREFIX = "cassandra://";
  private static final Pattern HOST =
      Pattern.compile("(\\[[0-9a-fA-F:.]+]|[A-Za-z0-9._-]+)(?::([0-9]{1,5}))?");
  private static final Pattern KEYSPACE = Pattern.compile("[a-z][a-z0-9_]{0,47}");
  private static final int DEFAULT_PORT = 9042;

  private static final Map<String, ConsistencyLevel> LEVELS =
      Map.of(
          "LOCAL_QUORUM", DefaultConsistencyLevel.LOCAL_QUORUM,
          "QUORUM", DefaultConsistencyLevel.QUORUM,
          "ALL", DefaultConsistencyLevel.ALL);
  private static final TreeSet<String> KNOWN =
      new TreeSet<>(
          List.of("buckets", "consistency", "datacenter", "inFlight", "tls", "tlsCaFile", "user"));

  private final String uri;
  private final List<InetSocketAddress> hosts = new ArrayList<>();
  private final String keyspace;
  private final UriParameters parameters;

  private CassandraAddress(String uri, String keyspace, UriParameters parameters) {
    this.uri = uri;
    this.keyspace = keyspace;
    this.parameters = parameters;
  }

  /** Takes a URI apart without looking up its hosts. */
  static CassandraAddress parse(String uri) {
    UriParameters parameters = UriParameters.of(uri, EXAMPLE);
    String place = UriParameters.place(uri);
    int slash = place.startsWith(PREFIX) ? place.indexOf('/', PREFIX.length()) : -1;
    if (slash <= PREFIX.length() || !KEYSPACE.matcher(place.substring(slash + 1)).matches()) {
      throw new KappaException("'" + place + "' names no host and keyspace", EXAMPLE);
    }
    CassandraAddress address = new CassandraAddress(uri, place.substring(slash + 1), parameters);
    for (String host : place.substring(PREFIX.length(), slash).split(",", -1)) {
      address.hosts.add(host(host));
    }
    address.checkParameters();
    return address;
  }

  private static InetSocketAddress host(String text) {
    Matcher matcher = HOST.matcher(text);
    int port = -1;
    if (matcher.matches()) {
      port = matcher.group(2) == null ? DEFAULT_PORT : Integer.parseInt(matcher.group(2));
    }
    if (port < 1 || port > 65_535) {
      throw new KappaException("'" + text + "' is no host and port", EXAMPLE);
    }
    String name = matcher.group(1);
    return InetSocketAddress.createUnresolved(
        name.startsWith("[") ? name.substring(1, name.length() - 1) : name, port);
  }

  private void checkParameters() {
    for (String name : parameters.plain().keySet()) {
      if (!KNOWN.contains(name)) {
        throw new KappaException(
            "'" + name + "' is no parameter of a Cassandra view", "use one of " + KNOWN);
      }
    }
    consistency();
    buckets();
    inFlight();
    tls();
  }

  String uri() {
    return uri;
  }

  List<InetSocketAddress> hosts() {
    return hosts;
  }

  String keyspace() {
    return keyspace;
  }

  @Nullable String user() {
    return parameters.plain().get("user");
  }

  /** The password from where it is kept, or null. */
  @Nullable String password() {
    return parameters.password();
  }

  @Nullable String datacenter() {
    return parameters.plain().get("datacenter");
  }

  ConsistencyLevel consistency() {
    String name = parameters.plain().getOrDefault("consistency", "LOCAL_QUORUM");
    ConsistencyLevel level = LEVELS.get(name);
    if (level == null) {
      throw new KappaException(
          "consistency=" + name + " is not enough to read what was written",
          "use one of " + new TreeSet<>(LEVELS.keySet()));
    }
    return level;
  }

  /** The level at which the pointer and the lock are agreed on. */
  ConsistencyLevel serialConsistency() {
    return consistency() == DefaultConsistencyLevel.LOCAL_QUORUM
        ? DefaultConsistencyLevel.LOCAL_SERIAL
        : DefaultConsistencyLevel.SERIAL;
  }

  boolean tls() {
    String value = parameters.plain().get("tls");
    if (value == null) {
      return tlsCaFile() != null;
    }
    if (!value.equals("true") && !(value.equals("false") && tlsCaFile() == null)) {
      throw new KappaException("tls=" + value + " cannot be", "write tls=true, or leave it out");
    }
    return value.equals("true");
  }

  @Nullable String tlsCaFile() {
    return parameters.plain().get("tlsCaFile");
  }

  int inFlight() {
    return number("inFlight", 256);
  }

  int buckets() {
    return number("buckets", 64);
  }

  private int number(String name, int otherwise) {
    String text = parameters.plain().getOrDefault(name, Integer.toString(otherwise));
    int number = text.matches("[0-9]{1,4}") ? Integer.parseInt(text) : 0;
    if (number < 1 || number > 1_024) {
      throw new KappaException(
          name + "=" + text + " is out of range", "use a number from 1 to 1024");
    }
    return number;
  }
}

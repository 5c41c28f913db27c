package org.kappabeam.transforms.cassandra;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.CqlSessionBuilder;
import com.datastax.oss.driver.api.core.DriverException;
import com.datastax.oss.driver.api.core.config.DefaultDriverOption;
import com.datastax.oss.driver.api.core.config.DriverConfigLoader;
import com.datastax.oss.driver.api.core.config.ProgrammaticDriverConfigLoaderBuilder;
import com.datastax.oss.driver.api.core.ssl.ProgrammaticSslEngineFactory;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.coders.KappaException;
import org.kappabeam.transforms.view.ViewUnavailableException;

/**
 * A driver session, shared by all stores of a process that name the same URI: a session has threads
 * and connections of its own and is meant to be one per application. It reconnects by itself; the
 * last store closes it.
 */
final class SharedSession implements AutoCloseable {
  private static final Map<String, SharedSession> OPEN = new HashMap<>();

  private final String uri;
  private final CqlSession session;
  private int users;

  private SharedSession(String uri, CqlSession session) {
    this.uri = uri;
    this.session = session;
  }

  static SharedSession open(CassandraAddress address) {
    synchronized (OPEN) {
      SharedSession shared = OPEN.get(address.uri());
      if (shared == null) {
        shared = new SharedSession(address.uri(), connect(address));
        OPEN.put(address.uri(), shared);
      }
      shared.users++;
      return shared;
    }
  }

  CqlSession session() {
    return session;
  }

  @Override
  public void close() {
    synchronized (OPEN) {
      users--;
      if (users == 0) {
        OPEN.remove(uri);
        session.close();
      }
    }
  }

  private static CqlSession connect(CassandraAddress address) {
    CqlSessionBuilder builder =
        CqlSession.builder()
            .withClassLoader(SharedSession.class.getClassLoader())
            .withConfigLoader(config(address))
            .withKeyspace(address.keyspace())
            .withApplicationName("kappa");
    for (InetSocketAddress host : address.hosts()) {
      builder.addContactPoint(resolve(address, host));
    }
    String user = address.user();
    String password = address.password();
    if (user != null) {
      builder.withAuthCredentials(user, password == null ? "" : password);
    }
    if (address.tls()) {
      builder.withSslEngineFactory(
          new ProgrammaticSslEngineFactory(sslContext(address.tlsCaFile()), null, true));
    }
    try {
      return builder.build();
    } catch (DriverException e) {
      throw CassandraFailures.of(address.uri(), "connect", e);
    } catch (IllegalStateException e) {
      // The load balancer's way to say that the hosts are not all in one place.
      throw new KappaException(
          "cannot connect to " + address.uri() + ", " + e.getMessage(),
          "name the datacenter to use with datacenter=NAME",
          e);
    }
  }

  private static InetSocketAddress resolve(CassandraAddress address, InetSocketAddress host) {
    InetSocketAddress resolved = new InetSocketAddress(host.getHostString(), host.getPort());
    if (resolved.isUnresolved()) {
      throw new KappaException(
          "cannot connect to " + address.uri() + ", no host is named " + host.getHostString(),
          "check the URI's hosts",
          new ViewUnavailableException(new IOException("unknown host")));
    }
    return resolved;
  }

  private static DriverConfigLoader config(CassandraAddress address) {
    ProgrammaticDriverConfigLoaderBuilder config =
        DriverConfigLoader.programmaticBuilder(SharedSession.class.getClassLoader())
            .withString(DefaultDriverOption.REQUEST_CONSISTENCY, address.consistency().name())
            .withString(
                DefaultDriverOption.REQUEST_SERIAL_CONSISTENCY, address.serialConsistency().name())
            // Longer than the server's own limits: it is the server that should say what is wrong.
            .withDuration(DefaultDriverOption.REQUEST_TIMEOUT, Duration.ofSeconds(15))
            .withDuration(DefaultDriverOption.CONNECTION_CONNECT_TIMEOUT, Duration.ofSeconds(10))
            .withDuration(DefaultDriverOption.CONNECTION_INIT_QUERY_TIMEOUT, Duration.ofSeconds(10))
            // A server that comes back is used again within seconds.
            .withDuration(DefaultDriverOption.RECONNECTION_BASE_DELAY, Duration.ofMillis(500))
            .withDuration(DefaultDriverOption.RECONNECTION_MAX_DELAY, Duration.ofSeconds(5))
            // Routing needs to know our keyspace, and no other.
            .withStringList(
                DefaultDriverOption.METADATA_SCHEMA_REFRESHED_KEYSPACES,
                List.of(address.keyspace()))
            // Version 5 adds a field to the timeout of a lightweight transaction, which servers
            // do not always send; the driver then gives up the connection.
            .withString(DefaultDriverOption.PROTOCOL_VERSION, "V4")
            // Once for all changes of a burst, but soon: a definition waits for it.
            .withDuration(DefaultDriverOption.METADATA_SCHEMA_WINDOW, Duration.ofMillis(50))
            // Every write of ours says its own timestamp.
            .withString(
                DefaultDriverOption.TIMESTAMP_GENERATOR_CLASS, "ServerSideTimestampGenerator")
            // Nothing is under way when a session is closed.
            .withInt(DefaultDriverOption.NETTY_IO_SHUTDOWN_QUIET_PERIOD, 0)
            .withInt(DefaultDriverOption.NETTY_ADMIN_SHUTDOWN_QUIET_PERIOD, 0)
            // A session that was not closed must not keep the process alive.
            .withBoolean(DefaultDriverOption.NETTY_DAEMON, true);
    String datacenter = address.datacenter();
    if (datacenter == null) {
      config.withString(
          DefaultDriverOption.LOAD_BALANCING_POLICY_CLASS, "DcInferringLoadBalancingPolicy");
    } else {
      config.withString(DefaultDriverOption.LOAD_BALANCING_LOCAL_DATACENTER, datacenter);
    }
    return config.build();
  }

  /** Java's own trusted certificates, or those of a file. */
  private static SSLContext sslContext(@Nullable String caFile) {
    try {
      if (caFile == null) {
        return SSLContext.getDefault();
      }
      KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
      trusted.load(null, null);
      try (InputStream in = Files.newInputStream(Path.of(caFile))) {
        for (Certificate ca : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
          trusted.setCertificateEntry("ca" + trusted.size(), ca);
        }
      }
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(trusted);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return context;
    } catch (IOException | GeneralSecurityException e) {
      throw new KappaException(
          "cannot read trusted certificates from " + caFile,
          "name a file of PEM certificates that is on every worker",
          e);
    }
  }
}

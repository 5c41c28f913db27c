package org.kappabeam.transforms.bigtable;

import com.google.api.gax.core.CredentialsProvider;
import com.google.api.gax.core.FixedCredentialsProvider;
import com.google.auth.oauth2.GoogleCredentials;
import com.google.cloud.bigtable.admin.v2.BigtableTableAdminClient;
import com.google.cloud.bigtable.admin.v2.BigtableTableAdminSettings;
import com.google.cloud.bigtable.data.v2.BigtableDataClient;
import com.google.cloud.bigtable.data.v2.BigtableDataSettings;
import com.google.cloud.bigtable.data.v2.stub.metrics.NoopMetricsProvider;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.coders.KappaException;

/**
 * The clients of one instance, shared by all stores of a process: each has a pool of connections
 * and is made for many threads. The last store that closes them ends them.
 */
final class BigtableClients implements AutoCloseable {
  private static final String SCOPE = "https://www.googleapis.com/auth/cloud-platform";
  private static final Map<BigtableAddress, BigtableClients> OPEN = new HashMap<>();

  private final BigtableAddress address;
  private final BigtableDataClient data;
  private final BigtableTableAdminClient admin;
  private int users;

  private BigtableClients(
      BigtableAddress address, BigtableDataClient data, BigtableTableAdminClient admin) {
    this.address = address;
    this.data = data;
    this.admin = admin;
  }

  /** Takes part in the clients of an instance, to be closed once. */
  static BigtableClients open(BigtableAddress address) {
    synchronized (OPEN) {
      BigtableClients clients = OPEN.get(address);
      if (clients == null) {
        clients = connect(address);
        OPEN.put(address, clients);
      }
      clients.users++;
      return clients;
    }
  }

  private static BigtableClients connect(BigtableAddress address) {
    CredentialsProvider credentials = credentials(address);
    String host = address.emulatorHost();
    BigtableDataSettings.Builder data =
        host == null
            ? BigtableDataSettings.newBuilder()
            : BigtableDataSettings.newBuilderForEmulator(host, address.emulatorPort());
    data.setProjectId(address.project())
        .setInstanceId(address.instance())
        // What a run does is counted by Beam; the client's own export wants further rights.
        .setMetricsProvider(NoopMetricsProvider.INSTANCE);
    if (address.appProfile() != null) {
      data.setAppProfileId(address.appProfile());
    }
    BigtableTableAdminSettings.Builder admin =
        host == null
            ? BigtableTableAdminSettings.newBuilder()
            : BigtableTableAdminSettings.newBuilderForEmulator(host, address.emulatorPort());
    admin.setProjectId(address.project()).setInstanceId(address.instance());
    if (credentials != null) {
      data.setCredentialsProvider(credentials);
      admin.setCredentialsProvider(credentials);
    }
    BigtableDataClient dataClient = null;
    try {
      dataClient = BigtableDataClient.create(data.build());
      return new BigtableClients(
          address, dataClient, BigtableTableAdminClient.create(admin.build()));
    } catch (IOException e) {
      if (dataClient != null) {
        dataClient.close();
      }
      throw new KappaException(
          "there are no Google credentials for Bigtable",
          "run gcloud auth application-default login, or give credentialsFile=PATH of a key file",
          e);
    }
  }

  private static @Nullable CredentialsProvider credentials(BigtableAddress address) {
    String file = address.credentialsFile();
    if (file == null || address.emulatorHost() != null) {
      return null;
    }
    try (InputStream in = Files.newInputStream(Path.of(file))) {
      return FixedCredentialsProvider.create(GoogleCredentials.fromStream(in).createScoped(SCOPE));
    } catch (IOException e) {
      throw new KappaException(
          "cannot read credentials from " + file, "see that it is a key file of Google Cloud", e);
    }
  }

  BigtableDataClient data() {
    return data;
  }

  BigtableTableAdminClient admin() {
    return admin;
  }

  @Override
  public void close() {
    synchronized (OPEN) {
      if (--users > 0) {
        return;
      }
      OPEN.remove(address);
    }
    data.close();
    admin.close();
  }
}

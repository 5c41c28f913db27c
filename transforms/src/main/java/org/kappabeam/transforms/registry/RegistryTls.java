package org.kappabeam.transforms.registry;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.coders.KappaException;

/** Whom to trust, and who we are, over TLS: what Java trusts by default, or stores of the user. */
final class RegistryTls {
  private RegistryTls() {}

  /** The context for the stores that the settings name; empty if they name none. */
  static Optional<SSLContext> context(
      Map<String, String> settings, Map<String, String> environment) {
    String trust = settings.get(RegistrySettings.TRUST_STORE);
    String keys = settings.get(RegistrySettings.KEY_STORE);
    if (trust == null && keys == null) {
      return Optional.empty();
    }
    try {
      TrustManager[] trusted = null;
      if (trust != null) {
        TrustManagerFactory factory =
            TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(
            KeyStore.getInstance(
                Path.of(trust).toFile(),
                password(RegistrySettings.TRUST_PASSWORD, settings, environment)));
        trusted = factory.getTrustManagers();
      }
      KeyManager[] ours = null;
      if (keys != null) {
        char[] password = password(RegistrySettings.KEY_PASSWORD, settings, environment);
        KeyManagerFactory factory =
            KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(KeyStore.getInstance(Path.of(keys).toFile(), password), password);
        ours = factory.getKeyManagers();
      }
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(ours, trusted, null);
      return Optional.of(context);
    } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
      throw new KappaException(
          "the TLS stores of the schema registry cannot be used: " + e.getClass().getSimpleName(),
          "check ssl.truststore.location, ssl.keystore.location and their passwords",
          e);
    }
  }

  private static char @Nullable [] password(
      String name, Map<String, String> settings, Map<String, String> environment) {
    String value = settings.get(name);
    return value == null ? null : RegistrySettings.resolve(name, value, environment).toCharArray();
  }
}

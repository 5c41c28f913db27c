package org.kappabeam.transforms.kafka;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.config.ConfigData;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.provider.ConfigProvider;
import org.apache.kafka.common.config.provider.FileConfigProvider;

/**
 * Resolves {@code ${file:/path:key}}, a line of a properties file, as Kafka's own provider does,
 * and {@code ${file:/path}}, a file that holds nothing but the secret, as orchestrators mount it.
 * Loaded by Kafka by name.
 */
public final class SecretFileProvider implements ConfigProvider {
  private final FileConfigProvider properties = new FileConfigProvider();

  @Override
  public void configure(Map<String, ?> settings) {
    properties.configure(settings);
  }

  @Override
  public ConfigData get(String path) {
    return properties.get(path);
  }

  @Override
  public ConfigData get(String path, Set<String> keys) {
    if (path != null && !path.isEmpty()) {
      return properties.get(path, keys);
    }
    Map<String, String> secrets = new HashMap<>();
    for (String file : keys) {
      try {
        secrets.put(file, Files.readString(Path.of(file), StandardCharsets.UTF_8).strip());
      } catch (IOException | InvalidPathException e) {
        throw new ConfigException("cannot read the file " + file);
      }
    }
    return new ConfigData(secrets);
  }

  @Override
  public void close() throws IOException {
    properties.close();
  }
}

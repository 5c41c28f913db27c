package org.kappabeam.transforms.kafka;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A certificate authority for one test, and what it has signed, made with the JDK's keytool. */
final class Certificates {
  private final Path dir;
  private final String name;
  private final String password;

  /**
   * @param name of the authority; also names its files
   * @param password of all key stores
   */
  Certificates(Path dir, String name, String password) {
    this.dir = dir;
    this.name = name;
    this.password = password;
    Path authority = store("authority");
    keytool(authority, "-genkeypair", "-alias", "ca", "-dname", "CN=" + name, "-ext", "bc:c");
    keytool(authority, "-exportcert", "-alias", "ca", "-rfc", "-file", file("ca.pem"));
    keytool(trustStore(), "-importcert", "-noprompt", "-alias", "ca", "-file", file("ca.pem"));
  }

  /** Holds the authority's certificate. */
  Path trustStore() {
    return store("trust");
  }

  /** A key with a certificate of this authority, for a server or client on this machine. */
  Path keyStore(String owner) {
    Path keys = store(owner);
    if (Files.exists(keys)) {
      return keys;
    }
    keytool(keys, "-genkeypair", "-alias", owner, "-dname", "CN=" + owner);
    keytool(keys, "-certreq", "-alias", owner, "-file", file(owner + ".csr"));
    keytool(
        store("authority"),
        "-gencert",
        "-alias",
        "ca",
        "-ext",
        "san=ip:127.0.0.1,dns:localhost",
        "-rfc",
        "-infile",
        file(owner + ".csr"),
        "-outfile",
        file(owner + ".pem"));
    keytool(keys, "-importcert", "-noprompt", "-alias", "ca", "-file", file("ca.pem"));
    keytool(keys, "-importcert", "-noprompt", "-alias", owner, "-file", file(owner + ".pem"));
    return keys;
  }

  private Path store(String of) {
    return dir.resolve(name + "-" + of + ".p12");
  }

  private String file(String suffix) {
    return dir.resolve(name + "-" + suffix).toString();
  }

  private void keytool(Path store, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of(arguments));
    command.addAll(
        List.of("-keystore", store.toString(), "-storetype", "PKCS12", "-storepass", password));
    if (command.contains("-genkeypair")) {
      command.addAll(List.of("-keyalg", "EC", "-groupname", "secp256r1", "-validity", "2"));
    }
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!process.waitFor(1, TimeUnit.MINUTES) || process.exitValue() != 0) {
        throw new IllegalStateException("keytool " + arguments[0] + ": " + said);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}

package org.kappabeam.transforms.bigtable;

import com.google.auto.value.AutoValue;
import com.google.common.base.Strings;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.coders.KappaException;

/**
 * A {@code bigtable://project/instance} URI taken apart. Parameters: {@code appProfile=NAME},
 * {@code credentialsFile=PATH} of a key file (default: Google's application default credentials),
 * {@code emulator=host:port} (default: the environment variable {@code BIGTABLE_EMULATOR_HOST}).
 */
@AutoValue
abstract class BigtableAddress {
  static final String EXAMPLE = "bigtable://project/instance";

  private static final String EMULATOR_VARIABLE = "BIGTABLE_EMULATOR_HOST";
  private static final Pattern FORM =
      Pattern.compile("bigtable://([^/?#@]*)/([^/?#@]*)(?:\\?(.*))?");
  private static final Pattern PROJECT =
      Pattern.compile("(?:[a-z0-9.-]{1,100}:)?[a-z][a-z0-9-]{4,28}[a-z0-9]");
  private static final Pattern INSTANCE = Pattern.compile("[a-z][a-z0-9-]{4,31}[a-z0-9]");
  private static final Pattern SERVER = Pattern.compile("([\\w.-]+|\\[[0-9a-fA-F:.]+]):(\\d{1,5})");
  private static final int MAX_PORT = 65_535;

  abstract String project();

  abstract String instance();

  abstract @Nullable String appProfile();

  abstract @Nullable String credentialsFile();

  abstract @Nullable String emulatorHost();

  abstract int emulatorPort();

  /** Takes a URI apart; does not connect. */
  static BigtableAddress parse(String uri) {
    Matcher form = FORM.matcher(uri);
    // What does not look like one of ours is not repeated: it may hold a secret anywhere.
    if (!form.matches()) {
      throw malformed("the view's URI names no project and instance");
    }
    if (!PROJECT.matcher(form.group(1)).matches()) {
      throw malformed("'" + form.group(1) + "' in the view's URI is no project");
    }
    if (!INSTANCE.matcher(form.group(2)).matches()) {
      throw malformed("'" + form.group(2) + "' in the view's URI is no instance");
    }
    Map<String, String> parameters = parameters(form.group(3));
    String appProfile = parameters.remove("appProfile");
    String credentialsFile = parameters.remove("credentialsFile");
    String emulator = parameters.remove("emulator");
    if (!parameters.isEmpty()) {
      throw malformed(
          "the view's URI has an unknown parameter " + parameters.keySet().iterator().next());
    }
    if (emulator == null) {
      emulator = Strings.emptyToNull(System.getenv(EMULATOR_VARIABLE));
    }
    String host = null;
    int port = 0;
    if (emulator != null) {
      Matcher server = SERVER.matcher(emulator);
      if (!server.matches() || Integer.parseInt(server.group(2)) > MAX_PORT) {
        throw malformed("the emulator is no host:port");
      }
      host = server.group(1);
      port = Integer.parseInt(server.group(2));
    }
    return new AutoValue_BigtableAddress(
        form.group(1), form.group(2), appProfile, credentialsFile, host, port);
  }

  private static Map<String, String> parameters(@Nullable String query) {
    Map<String, String> parameters = new TreeMap<>();
    if (query != null) {
      for (String parameter : query.split("&", -1)) {
        int equals = parameter.indexOf('=');
        if (equals <= 0 || equals == parameter.length() - 1) {
          throw malformed("the view's URI has a parameter without value");
        }
        parameters.put(parameter.substring(0, equals), parameter.substring(equals + 1));
      }
    }
    return parameters;
  }

  private static KappaException malformed(String problem) {
    return new KappaException(
        problem,
        "write " + EXAMPLE + ", with ?appProfile=NAME, credentialsFile=PATH, emulator=host:port");
  }
}

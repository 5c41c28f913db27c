package org.kappabeam.transforms.kinesis;

import com.google.auto.value.AutoValue;
import java.io.Serializable;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.coders.KappaException;

/** {@code kinesis://region/stream[?envelope=kappa][&endpoint=https://host:port]}. */
@AutoValue
abstract class KinesisUri implements Serializable {
  static final String SCHEME = "kinesis";
  static final String EXAMPLE = "kinesis://us-east-1/stream";

  private static final String ENVELOPE = "envelope";
  private static final String ENDPOINT = "endpoint";
  private static final Pattern FORM =
      Pattern.compile("(?i:kinesis)://([a-z0-9-]{1,40})/([a-zA-Z0-9_.-]{1,128})(?:\\?(.+))?");

  /** Where the stream is, such as {@code eu-central-1}. */
  abstract String region();

  abstract String stream();

  /** Whether records are wrapped: see {@link KinesisEnvelope}. */
  abstract boolean enveloped();

  /** Another server than Amazon's own of that region. */
  abstract @Nullable String endpoint();

  static KinesisUri parse(String uri) {
    if (uri.contains("@")) {
      // Not repeated: what stands before the @ is a secret.
      throw new KappaException(
          "a Kinesis log's URI must not hold user or password",
          "use the machine's AWS credentials, or client properties such as"
              + " aws.secretAccessKey=${env:NAME}");
    }
    Matcher form = FORM.matcher(uri);
    if (!form.matches()) {
      throw new KappaException("'" + uri + "' names no region and stream", "write " + EXAMPLE);
    }
    boolean enveloped = false;
    String endpoint = null;
    for (String parameter : form.group(3) == null ? new String[0] : form.group(3).split("&", -1)) {
      String value = parameter.substring(parameter.indexOf('=') + 1);
      if (parameter.equals(ENVELOPE + "=" + KinesisEnvelope.NAME)) {
        enveloped = true;
      } else if (parameter.startsWith(ENDPOINT + "=") && isEndpoint(value)) {
        endpoint = value;
      } else {
        throw new KappaException(
            "'" + parameter + "' is wrong in the log's URI",
            "the parameters are envelope=kappa and endpoint=https://host:port");
      }
    }
    return new AutoValue_KinesisUri(form.group(1), form.group(2), enveloped, endpoint);
  }

  private static boolean isEndpoint(String text) {
    try {
      URI uri = new URI(text);
      return ("https".equals(uri.getScheme()) || "http".equals(uri.getScheme()))
          && uri.getHost() != null
          && uri.getRawPath().isEmpty()
          && uri.getRawQuery() == null
          && uri.getRawFragment() == null;
    } catch (URISyntaxException e) {
      return false;
    }
  }

  /** How messages name the stream and its server. */
  final String place() {
    return "stream '" + stream() + "' in " + (endpoint() == null ? region() : endpoint());
  }

  @Override
  public final String toString() {
    StringBuilder text = new StringBuilder(SCHEME + "://" + region() + "/" + stream());
    char separator = '?';
    if (enveloped()) {
      text.append(separator).append(ENVELOPE + "=" + KinesisEnvelope.NAME);
      separator = '&';
    }
    if (endpoint() != null) {
      text.append(separator).append(ENDPOINT + "=").append(endpoint());
    }
    return text.toString();
  }
}

package org.kappabeam.runners.dataflow;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.beam.sdk.util.StringUtils;
import org.xerial.snappy.SnappyError;
import org.xerial.snappy.SnappyInputStream;

/**
 * Looks for a text in all that leaves this machine with a job, also where Beam has compressed it.
 */
final class Secrets {
  private static final byte[] COMPRESSED = {(byte) 0x82, 'S', 'N', 'A', 'P', 'P', 'Y', 0};
  private static final Pattern BASE64 = Pattern.compile("[A-Za-z0-9+/=\\r\\n]{64,}");
  private static final ObjectMapper JSON = new ObjectMapper();

  private Secrets() {}

  /** Whether the text is anywhere in a directory. */
  static boolean isIn(Path dir, String text) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.walk(dir)) {
      files = all.filter(Files::isRegularFile).toList();
    }
    for (Path file : files) {
      if (isIn(Files.readAllBytes(file), text)
          || (file.toString().endsWith(".json") && isIn(JSON.readTree(file.toFile()), text))) {
        return true;
      }
    }
    return false;
  }

  /** Whether the text is in any value, as such or serialized. */
  static boolean isIn(JsonNode json, String text) throws IOException {
    if (json.isTextual()) {
      return isIn(json.asText(), text);
    }
    for (JsonNode child : json) {
      if (isIn(child, text)) {
        return true;
      }
    }
    return false;
  }

  /** Beam writes bytes as text in two ways. */
  private static boolean isIn(String value, String text) throws IOException {
    if (value.startsWith("%82SNAPPY")) {
      return isIn(StringUtils.jsonStringToByteArray(value), text);
    }
    if (BASE64.matcher(value).matches()) {
      return isIn(Base64.getMimeDecoder().decode(value), text);
    }
    return value.contains(text);
  }

  private static boolean isIn(byte[] bytes, String text) throws IOException {
    byte[] sought = text.getBytes(StandardCharsets.UTF_8);
    if (indexOf(bytes, sought, 0) >= 0) {
      return true;
    }
    for (int at = indexOf(bytes, COMPRESSED, 0); at >= 0; at = indexOf(bytes, COMPRESSED, at + 1)) {
      if (indexOf(decompressed(bytes, at), sought, 0) >= 0) {
        return true;
      }
    }
    return false;
  }

  /** What is compressed there, up to where something else begins. */
  private static byte[] decompressed(byte[] bytes, int at) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (InputStream in =
        new SnappyInputStream(new ByteArrayInputStream(bytes, at, bytes.length - at))) {
      for (int b = in.read(); b >= 0; b = in.read()) {
        out.write(b);
      }
    } catch (IOException | SnappyError e) {
      // Behind it are other bytes, which are no chunk.
      if (out.size() == 0) {
        throw new IOException("nothing can be decompressed at " + at, e);
      }
    }
    return out.toByteArray();
  }

  private static int indexOf(byte[] bytes, byte[] sought, int from) {
    for (int i = from; i <= bytes.length - sought.length; i++) {
      int j = 0;
      while (j < sought.length && bytes[i + j] == sought[j]) {
        j++;
      }
      if (j == sought.length) {
        return i;
      }
    }
    return -1;
  }
}

package org.kappabeam.transforms.archive;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.kappabeam.coders.KappaException;
import org.kappabeam.coders.log.Slice;

/** Manifests as JSON: the same manifest gives the same bytes. */
final class ManifestJson {
  /** Grows when a reader of the old format would read a new one wrong. */
  static final int VERSION = 1;

  private static final String FORMAT = "kappa-archive";
  private static final int MAX_BYTES = 256 << 20;
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private ManifestJson() {}

  static byte[] write(Manifest manifest) {
    ObjectNode root = JSON.createObjectNode();
    root.put("format", FORMAT);
    root.put("version", VERSION);
    root.put("number", manifest.number());
    root.put("log", manifest.log());
    root.put("records", manifest.records());
    ArrayNode ranges = root.putArray("ranges");
    for (Slice.Range range : manifest.ranges()) {
      ranges
          .addObject()
          .put("partition", range.partition())
          .put("from", range.from())
          .put("until", range.until());
    }
    ArrayNode files = root.putArray("files");
    for (ArchivedFile file : manifest.files()) {
      files
          .addObject()
          .put("path", file.path())
          .put("partition", file.partition())
          .put("firstOffset", file.firstOffset())
          .put("lastOffset", file.lastOffset())
          .put("records", file.records())
          .put("firstLogTime", Instant.ofEpochMilli(file.firstLogTime()).toString())
          .put("lastLogTime", Instant.ofEpochMilli(file.lastLogTime()).toString())
          .put("bytes", file.bytes())
          .put("sha256", file.sha256());
    }
    try {
      return JSON.writeValueAsBytes(root);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Reads a manifest.
   *
   * @throws KappaException if it is none, not whole, or of a version this product does not know
   */
  static Manifest read(ArchiveStore store, String path) {
    byte[] bytes;
    try (InputStream in = store.open(path)) {
      bytes = in.readNBytes(MAX_BYTES);
    } catch (IOException e) {
      throw store.failed("read", path, e);
    }
    try {
      JsonNode root = JSON.readTree(bytes);
      if (root == null || !FORMAT.equals(root.path("format").asText())) {
        throw damaged(store, path, "it is no manifest", null);
      }
      int version = root.path("version").asInt();
      if (version != VERSION) {
        throw new KappaException(
            path + " in the archive " + store.uri() + " has version " + version,
            "this product knows version " + VERSION + ": use the one that wrote the archive");
      }
      List<Slice.Range> ranges = new ArrayList<>();
      for (JsonNode range : array(root, "ranges")) {
        ranges.add(
            Slice.Range.of(
                text(range, "partition"), number(range, "from"), number(range, "until")));
      }
      List<ArchivedFile> files = new ArrayList<>();
      for (JsonNode file : array(root, "files")) {
        files.add(
            ArchivedFile.builder()
                .path(text(file, "path"))
                .partition(text(file, "partition"))
                .firstOffset(number(file, "firstOffset"))
                .lastOffset(number(file, "lastOffset"))
                .records(number(file, "records"))
                .firstLogTime(Instant.parse(text(file, "firstLogTime")).toEpochMilli())
                .lastLogTime(Instant.parse(text(file, "lastLogTime")).toEpochMilli())
                .bytes(number(file, "bytes"))
                .sha256(text(file, "sha256"))
                .build());
      }
      return Manifest.of((int) number(root, "number"), text(root, "log"), ranges, files);
    } catch (IOException | RuntimeException e) {
      if (e instanceof KappaException known) {
        throw known;
      }
      throw damaged(store, path, "it cannot be read", e);
    }
  }

  private static JsonNode array(JsonNode node, String field) throws IOException {
    JsonNode value = node.path(field);
    if (!value.isArray()) {
      throw new IOException("no list " + field);
    }
    return value;
  }

  private static String text(JsonNode node, String field) throws IOException {
    JsonNode value = node.path(field);
    if (!value.isTextual()) {
      throw new IOException("no text " + field);
    }
    return value.asText();
  }

  private static long number(JsonNode node, String field) throws IOException {
    JsonNode value = node.path(field);
    if (!value.isIntegralNumber() || !value.canConvertToLong()) {
      throw new IOException("no number " + field);
    }
    return value.asLong();
  }

  private static KappaException damaged(
      ArchiveStore store, String path, String how, Exception cause) {
    return new KappaException(
        path + " in the archive " + store.uri() + " is damaged, " + how,
        "restore it from a copy; 'archive --verify' lists all that is damaged",
        cause);
  }
}

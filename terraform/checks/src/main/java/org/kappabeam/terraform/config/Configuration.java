package org.kappabeam.terraform.config;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.kappabeam.terraform.hcl.Body;
import org.kappabeam.terraform.hcl.HclParser;

/**
 * The texts that are checked, by their paths from the root of the repository, and the modules that
 * the Terraform files among them make. A changed copy shares all that was not changed.
 */
public final class Configuration {
  /** Where Terraform lies, and what its names have to agree with. */
  private static final List<String> ROOTS =
      List.of(
          "terraform/modules",
          "terraform/platform",
          "terraform/environments",
          "terraform/schemas",
          "terraform/dashboards",
          "terraform/README.md",
          "docs",
          "runner-profiles/dataflow/templates",
          "pipelines/src/main/java/org/kappabeam/pipelines/fraud",
          "pipelines/src/main/java/org/kappabeam/pipelines/pilot",
          "transforms/src/main/java/org/kappabeam/transforms");

  private final SortedMap<String, String> texts;
  private final SortedMap<String, Body> files;
  private final SortedMap<String, Module> modules;

  private Configuration(SortedMap<String, String> texts, SortedMap<String, Body> files) {
    this.texts = texts;
    this.files = files;
    SortedMap<String, SortedMap<String, Body>> folders = new TreeMap<>();
    files.forEach(
        (path, body) ->
            folders
                .computeIfAbsent(
                    path.substring(0, path.lastIndexOf('/')), unused -> new TreeMap<>())
                .put(path, body));
    this.modules = new TreeMap<>();
    folders.forEach((folder, bodies) -> modules.put(folder, new Module(folder, bodies)));
  }

  /**
   * Reads what lies below the root of the repository.
   *
   * @throws org.kappabeam.terraform.hcl.HclException if a file is no HCL
   */
  public static Configuration read(Path root) {
    SortedMap<String, String> texts = new TreeMap<>();
    for (String folder : ROOTS) {
      if (Files.exists(root.resolve(folder))) {
        read(root, root.resolve(folder), texts);
      }
    }
    SortedMap<String, Body> files = new TreeMap<>();
    texts.forEach(
        (path, text) -> {
          if (path.endsWith(".tf")) {
            files.put(path, HclParser.parse(path, text));
          }
        });
    return new Configuration(texts, files);
  }

  private static void read(Path root, Path folder, SortedMap<String, String> texts) {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String path = root.relativize(file).toString().replace('\\', '/');
        if (!path.contains("/.terraform/") && !path.endsWith(".terraform.lock.hcl")) {
          texts.put(path, Files.readString(file));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + folder, e);
    }
  }

  /**
   * A copy in which one text is another.
   *
   * @throws org.kappabeam.terraform.hcl.HclException if it is no HCL any more
   * @throws IllegalArgumentException if there is no such text, or nothing changes
   */
  public Configuration with(String path, UnaryOperator<String> change) {
    String before = text(path);
    String after = change.apply(before);
    if (after.equals(before)) {
      throw new IllegalArgumentException("nothing changes in " + path);
    }
    SortedMap<String, String> changed = new TreeMap<>(texts);
    changed.put(path, after);
    SortedMap<String, Body> parsed = new TreeMap<>(files);
    if (path.endsWith(".tf")) {
      parsed.put(path, HclParser.parse(path, after));
    }
    return new Configuration(changed, parsed);
  }

  /** A copy in which a text is missing. */
  public Configuration without(String path) {
    SortedMap<String, String> changed = new TreeMap<>(texts);
    if (changed.remove(path) == null) {
      throw new IllegalArgumentException("there is no " + path);
    }
    SortedMap<String, Body> parsed = new TreeMap<>(files);
    parsed.remove(path);
    return new Configuration(changed, parsed);
  }

  /** All modules, {@code platform} and environments among them. */
  public List<Module> modules() {
    return new ArrayList<>(modules.values());
  }

  /** The module in a folder, such as {@code terraform/modules/kms}. */
  public Optional<Module> module(String folder) {
    return Optional.ofNullable(modules.get(folder));
  }

  /**
   * A text.
   *
   * @throws IllegalArgumentException if there is none of that path
   */
  public String text(String path) {
    String text = texts.get(path);
    if (text == null) {
      throw new IllegalArgumentException("there is no " + path);
    }
    return text;
  }

  /** Whether there is a text of that path, or one in a folder of that path. */
  public boolean has(String path) {
    return texts.containsKey(path)
        || texts.tailMap(path + "/").keySet().stream()
            .findFirst()
            .filter(next -> next.startsWith(path + "/"))
            .isPresent();
  }

  /** The paths below a folder. */
  public List<String> paths(String folder) {
    return texts.keySet().stream().filter(path -> path.startsWith(folder + "/")).toList();
  }
}

package org.kappabeam.terraform.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import org.kappabeam.terraform.hcl.Attribute;
import org.kappabeam.terraform.hcl.Block;
import org.kappabeam.terraform.hcl.Body;
import org.kappabeam.terraform.hcl.Expression;

/** A folder of Terraform files. */
public final class Module {
  private final String folder;
  private final SortedMap<String, Body> files;

  Module(String folder, SortedMap<String, Body> files) {
    this.folder = folder;
    this.files = files;
  }

  /** Its path from the root of the repository. */
  public String folder() {
    return folder;
  }

  /** The last part of its path. */
  public String name() {
    return folder.substring(folder.lastIndexOf('/') + 1);
  }

  /** A resource or data source that is declared here. */
  public record Resource(Module module, String file, Block block) {
    /** Whether it is a data source. */
    public boolean data() {
      return block.type().equals("data");
    }

    /** Its type as schemas name it. */
    public String type() {
      return (data() ? "data." : "") + block.label(0);
    }

    public Body body() {
      return block.body();
    }

    /** For messages. */
    public String where() {
      return file + ":" + block.line() + " " + type() + "." + block.label(1);
    }

    /** The text of an attribute, if it is plain. */
    public Optional<String> text(String attribute) {
      return body().value(attribute).flatMap(Expression::text);
    }

    /** Whether an attribute is that number, flag or text. */
    public boolean is(String attribute, Object value) {
      return body().value(attribute).filter(expression -> expression.is(value)).isPresent();
    }
  }

  /** A block and the file it stands in. */
  public record Declared(String file, Block block) {
    /** For messages. */
    public String where() {
      return file + ":" + block.line();
    }
  }

  /** All blocks of a type in all files. */
  public List<Declared> declared(String type) {
    List<Declared> found = new ArrayList<>();
    files.forEach(
        (file, body) -> body.blocks(type).forEach(block -> found.add(new Declared(file, block))));
    return found;
  }

  /** The block of a type with that label, such as a variable. */
  public Optional<Declared> declared(String type, String label) {
    return declared(type).stream()
        .filter(found -> found.block().label(0).equals(label))
        .findFirst();
  }

  public List<Resource> resources() {
    List<Resource> found = new ArrayList<>();
    for (String type : List.of("resource", "data")) {
      declared(type).forEach(block -> found.add(new Resource(this, block.file(), block.block())));
    }
    return found;
  }

  /** The local values. */
  public List<Attribute> locals() {
    return declared("locals").stream()
        .flatMap(declared -> declared.block().body().attributes().stream())
        .toList();
  }

  /** A local value. */
  public Optional<Expression> local(String name) {
    return locals().stream()
        .filter(local -> local.name().equals(name))
        .map(Attribute::value)
        .findFirst();
  }

  /** All files, by path. */
  public SortedMap<String, Body> files() {
    return files;
  }

  /** The folder that a call of a module names, relative to this one. */
  public String resolve(String source) {
    List<String> path = new ArrayList<>(List.of(folder.split("/", -1)));
    for (String step : source.split("/", -1)) {
      if (step.equals("..")) {
        path.remove(path.size() - 1);
      } else if (!step.equals(".")) {
        path.add(step);
      }
    }
    return String.join("/", path);
  }
}

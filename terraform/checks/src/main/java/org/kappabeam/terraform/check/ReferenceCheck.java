package org.kappabeam.terraform.check;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.kappabeam.terraform.config.Configuration;
import org.kappabeam.terraform.config.Module;
import org.kappabeam.terraform.hcl.Attribute;
import org.kappabeam.terraform.hcl.Block;
import org.kappabeam.terraform.hcl.Body;
import org.kappabeam.terraform.hcl.Expression;
import org.kappabeam.terraform.hcl.Expression.Call;
import org.kappabeam.terraform.hcl.Expression.For;
import org.kappabeam.terraform.hcl.Expression.ObjectOf;
import org.kappabeam.terraform.hcl.Expression.Reference;
import org.kappabeam.terraform.schema.ProviderSchemas;

/** Every name that is used is declared, and every one that is declared is used. */
final class ReferenceCheck implements Check {
  /** Those of Terraform's functions that may be called. */
  private static final Set<String> FUNCTIONS =
      Set.of(
          "alltrue",
          "anytrue",
          "can",
          "cidrhost",
          "coalesce",
          "concat",
          "contains",
          "distinct",
          "endswith",
          "file",
          "floor",
          "format",
          "join",
          "jsondecode",
          "jsonencode",
          "keys",
          "length",
          "list",
          "lookup",
          "lower",
          "map",
          "max",
          "merge",
          "min",
          "one",
          "regex",
          "replace",
          "setproduct",
          "setsubtract",
          "sha256",
          "split",
          "startswith",
          "substr",
          "templatefile",
          "tobool",
          "tolist",
          "tomap",
          "tonumber",
          "toset",
          "tostring",
          "try",
          "upper",
          "values",
          "zipmap");

  private static final Set<String> TYPES =
      Set.of("object", "optional", "list", "map", "set", "tuple");
  private static final Set<String> CALL_META =
      Set.of("source", "count", "for_each", "depends_on", "providers");

  private final ProviderSchemas schemas;

  ReferenceCheck(ProviderSchemas schemas) {
    this.schemas = schemas;
  }

  @Override
  public void run(Configuration configuration, Findings findings) {
    for (Module module : configuration.modules()) {
      new Scope(configuration, module, findings).run();
    }
  }

  /** One module, and what of it has been used. */
  private final class Scope {
    private final Configuration configuration;
    private final Module module;
    private final Findings findings;
    private final Set<String> used = new HashSet<>();

    Scope(Configuration configuration, Module module, Findings findings) {
      this.configuration = configuration;
      this.module = module;
      this.findings = findings;
    }

    void run() {
      unique();
      module
          .files()
          .forEach(
              (file, body) -> {
                for (Block block : body.blocks()) {
                  String where = file + ":" + block.line();
                  if (block.type().equals("module")) {
                    call(where, block);
                  }
                  boolean each = block.body().value("for_each").isPresent();
                  boolean count = block.body().value("count").isPresent();
                  body(where, block.type(), block.body(), names(each, count));
                }
              });
      for (String type : List.of("variable", "locals")) {
        for (Module.Declared declared : module.declared(type)) {
          List<String> names =
              type.equals("variable")
                  ? List.of(declared.block().label(0))
                  : declared.block().body().attributes().stream().map(Attribute::name).toList();
          String root = type.equals("variable") ? "var." : "local.";
          for (String name : names) {
            findings.require(
                used.contains(root + name), declared.where(), root + name + " is never used");
          }
        }
      }
    }

    private static Set<String> names(boolean each, boolean count) {
      Set<String> names = new HashSet<>();
      if (each) {
        names.add("each");
      }
      if (count) {
        names.add("count");
      }
      return names;
    }

    private void unique() {
      Set<String> seen = new HashSet<>();
      module
          .files()
          .forEach(
              (file, body) -> {
                for (Block block : body.blocks()) {
                  String id = block.type() + "." + String.join(".", block.labels());
                  boolean repeats = Set.of("locals", "terraform").contains(block.type());
                  findings.require(
                      repeats || seen.add(id), file + ":" + block.line(), id + " is there twice");
                }
              });
    }

    /** Arguments of a call are the variables of the module that is called. */
    private void call(String where, Block call) {
      Optional<Module> called = called(call);
      if (called.isEmpty()) {
        findings.add(where, "module " + call.label(0) + " names a folder that is no module");
        return;
      }
      for (Attribute argument : call.body().attributes()) {
        findings.require(
            CALL_META.contains(argument.name())
                || called.get().declared("variable", argument.name()).isPresent(),
            where,
            "module " + call.label(0) + " has no variable " + argument.name());
      }
      for (Module.Declared variable : called.get().declared("variable")) {
        String name = variable.block().label(0);
        findings.require(
            variable.block().body().value("default").isPresent()
                || call.body().value(name).isPresent(),
            where,
            "module " + call.label(0) + " needs " + name);
      }
    }

    private Optional<Module> called(Block call) {
      return call.body()
          .value("source")
          .flatMap(Expression::text)
          .flatMap(source -> configuration.module(module.resolve(source)));
    }

    private void body(String where, String type, Body body, Set<String> names) {
      for (Attribute attribute : body.attributes()) {
        boolean type0 = type.equals("variable") && attribute.name().equals("type");
        boolean ignored = type.equals("lifecycle") && attribute.name().equals("ignore_changes");
        boolean provider = attribute.name().equals("provider");
        if (type0) {
          types(where, attribute.value());
        } else if (!ignored && !provider && !type.equals("required_providers")) {
          expression(where, attribute.value(), names);
        }
      }
      for (Block block : body.blocks()) {
        Set<String> inner = new HashSet<>(names);
        if (block.type().equals("dynamic")) {
          inner.add(block.label(0));
        }
        body(where, block.type(), block.body(), inner);
      }
    }

    private void types(String where, Expression type) {
      type.walk(
          expression -> {
            if (expression instanceof Call call) {
              findings.require(TYPES.contains(call.name()), where, "unknown type " + call.name());
            }
          });
    }

    private void expression(String where, Expression expression, Set<String> names) {
      if (expression instanceof For loop) {
        expression(where, loop.collection(), names);
        Set<String> inner = new HashSet<>(names);
        inner.addAll(loop.names());
        loop.results().forEach(result -> expression(where, result, inner));
        return;
      }
      if (expression instanceof Reference reference) {
        reference(where, reference, names);
      } else if (expression instanceof Call call) {
        findings.require(FUNCTIONS.contains(call.name()), where, "unknown function " + call.name());
        files(where, call);
      }
      expression.children().forEach(child -> expression(where, child, names));
    }

    /** A file below the module itself has to be there; others come by variable. */
    private void files(String where, Call call) {
      if (!Set.of("file", "templatefile").contains(call.name())) {
        return;
      }
      call.arguments()
          .get(0)
          .text()
          .ifPresent(
              path ->
                  findings.require(
                      configuration.has(module.resolve(path)), where, "there is no file " + path));
    }

    private void reference(String where, Reference reference, Set<String> names) {
      String root = reference.at(0);
      String name = reference.at(1);
      if (names.contains(root)) {
        return;
      }
      switch (root) {
        case "var" -> {
          used.add("var." + name);
          Optional<Module.Declared> variable = module.declared("variable", name);
          findings.require(variable.isPresent(), where, "no variable " + name);
          variable.ifPresent(found -> attribute(where, reference, found.block()));
        }
        case "local" -> {
          used.add("local." + name);
          Optional<Expression> local = module.local(name);
          findings.require(local.isPresent(), where, "no local value " + name);
          local.ifPresent(value -> key(where, reference, 2, value));
        }
        case "module" -> output(where, reference);
        case "path" ->
            findings.require(
                Set.of("module", "root", "cwd").contains(name), where, "no " + reference);
        case "each", "count" ->
            findings.add(
                where, reference + " needs " + (root.equals("each") ? "for_each" : "count"));
        case "data" -> resource(where, "data", "data." + name, reference, 2);
        default -> {
          if (root.contains("_")) {
            resource(where, "resource", root, reference, 1);
          } else {
            findings.add(where, "nothing is called " + reference);
          }
        }
      }
    }

    /** What is taken of a variable that is an object. */
    private void attribute(String where, Reference reference, Block variable) {
      if (reference.path().size() < 3
          || !(variable.body().value("type").orElseThrow() instanceof Call type)
          || !type.name().equals("object")) {
        return;
      }
      if (type.arguments().get(0) instanceof ObjectOf fields) {
        findings.require(
            fields.get(reference.at(2)).isPresent(), where, reference + " is not in its type");
      }
    }

    private void key(String where, Reference reference, int at, Expression value) {
      boolean plain =
          value instanceof ObjectOf object
              && object.entries().stream().allMatch(entry -> entry.key().text().isPresent());
      String name = reference.at(at);
      if (plain && !name.isEmpty() && !name.equals("*")) {
        findings.require(
            ((ObjectOf) value).get(name).isPresent(), where, reference + " is not there");
      }
    }

    private void output(String where, Reference reference) {
      String name = reference.at(1);
      Optional<Block> call = module.declared("module", name).map(Module.Declared::block);
      if (call.isEmpty()) {
        findings.add(where, "no module " + name);
        return;
      }
      boolean several = call.get().body().value("count").isPresent();
      int at = several ? 3 : 2;
      Optional<Module> called = called(call.get());
      if (called.isEmpty() || reference.path().size() <= at) {
        return;
      }
      String output = reference.at(at);
      Optional<Module.Declared> found = called.get().declared("output", output);
      findings.require(found.isPresent(), where, "module " + name + " has no output " + output);
      if (found.isPresent()) {
        Expression value = found.get().block().body().value("value").orElseThrow();
        if (value instanceof Reference inner && inner.startsWith("local")) {
          value = called.get().local(inner.at(1)).orElse(value);
        }
        key(where, reference, at + 1, value);
      }
    }

    private void resource(String where, String kind, String type, Reference reference, int at) {
      String name = reference.at(at);
      Optional<Module.Resource> found =
          module.resources().stream()
              .filter(
                  resource ->
                      resource.data() == kind.equals("data")
                          && resource.type().equals(type)
                          && resource.block().label(1).equals(name))
              .findFirst();
      if (found.isEmpty()) {
        findings.add(where, "no " + kind + " " + type + "." + name);
        return;
      }
      Body body = found.get().body();
      boolean several = body.value("for_each").isPresent() || body.value("count").isPresent();
      int attribute = several ? at + 2 : at + 1;
      String read = reference.at(attribute);
      if (!read.isEmpty()) {
        findings.require(
            schemas.type(type).map(schema -> schema.schema().readable(read)).orElse(true),
            where,
            type + " has no attribute " + read);
      }
    }
  }

  /** The names of modules that nobody calls and that are no environment. */
  static Set<String> uncalled(Configuration configuration) {
    Set<String> called =
        configuration.modules().stream()
            .flatMap(
                module ->
                    module.declared("module").stream()
                        .flatMap(
                            call ->
                                call
                                    .block()
                                    .body()
                                    .value("source")
                                    .flatMap(Expression::text)
                                    .stream())
                        .map(module::resolve))
            .collect(Collectors.toSet());
    return configuration.modules().stream()
        .map(Module::folder)
        .filter(folder -> !folder.contains("/environments/") && !called.contains(folder))
        .collect(Collectors.toSet());
  }
}

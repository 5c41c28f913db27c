package org.kappabeam.terraform.check;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.kappabeam.terraform.config.Configuration;
import org.kappabeam.terraform.config.Module;
import org.kappabeam.terraform.hcl.Attribute;
import org.kappabeam.terraform.hcl.Block;
import org.kappabeam.terraform.hcl.Body;
import org.kappabeam.terraform.hcl.Expression.Reference;
import org.kappabeam.terraform.schema.BlockSchema;
import org.kappabeam.terraform.schema.ProviderSchemas;

/** Every type, argument and block exists in the provider, and none that is required is missing. */
final class SchemaCheck implements Check {
  private static final Set<String> META = Set.of("count", "for_each", "provider", "depends_on");
  private static final Set<String> META_BLOCKS = Set.of("lifecycle", "timeouts");
  private static final Set<String> LIFECYCLE =
      Set.of("prevent_destroy", "create_before_destroy", "ignore_changes", "replace_triggered_by");

  private final ProviderSchemas schemas;

  SchemaCheck(ProviderSchemas schemas) {
    this.schemas = schemas;
  }

  @Override
  public void run(Configuration configuration, Findings findings) {
    for (Module module : configuration.modules()) {
      for (Module.Resource resource : module.resources()) {
        resource(resource, findings);
      }
      for (Module.Declared provider : module.declared("provider")) {
        Optional<ProviderSchemas.Type> type = schemas.type("provider." + provider.block().label(0));
        if (type.isEmpty()) {
          findings.add(provider.where(), "unknown provider " + provider.block().label(0));
        } else {
          body(provider.where(), provider.block().body(), type.get().schema(), findings);
        }
      }
    }
  }

  private void resource(Module.Resource resource, Findings findings) {
    Optional<ProviderSchemas.Type> type = schemas.type(resource.type());
    if (type.isEmpty()) {
      findings.add(
          resource.where(),
          "unknown type " + resource.type() + ": correct it, or add it to src/schema/types.txt");
      return;
    }
    provider(resource, type.get().provider(), findings);
    for (Attribute attribute : lifecycle(resource)) {
      findings.require(
          LIFECYCLE.contains(attribute.name()),
          resource.where(),
          "lifecycle has no argument " + attribute.name());
      if (attribute.name().equals("ignore_changes")) {
        for (Reference name : attribute.value().references()) {
          findings.require(
              type.get().schema().settable(name.at(0)),
              resource.where(),
              "ignore_changes names " + name.at(0) + ", which is no argument");
        }
      }
    }
    body(resource.where(), resource.body(), type.get().schema(), findings);
  }

  private static List<Attribute> lifecycle(Module.Resource resource) {
    return resource.body().blocks("lifecycle").stream()
        .flatMap(block -> block.body().attributes().stream())
        .toList();
  }

  /** A type of another provider than its prefix says needs to be told so. */
  private static void provider(Module.Resource resource, String provider, Findings findings) {
    String prefix = resource.block().label(0).split("_", 2)[0];
    String given =
        resource
            .body()
            .value("provider")
            .map(value -> value instanceof Reference reference ? reference.at(0) : "")
            .orElse(prefix);
    findings.require(
        given.equals(provider),
        resource.where(),
        "needs provider = " + provider + ", has " + given);
    boolean declared =
        resource.module().declared("terraform").stream()
            .flatMap(block -> block.block().body().blocks("required_providers").stream())
            .flatMap(block -> block.body().attributes().stream())
            .anyMatch(attribute -> attribute.name().equals(given));
    findings.require(
        declared, resource.where(), "provider " + given + " is not in required_providers");
  }

  private void body(String where, Body body, BlockSchema schema, Findings findings) {
    for (Attribute attribute : body.attributes()) {
      if (schema.computed().contains(attribute.name())) {
        findings.add(where, "argument " + attribute.name() + " can only be read");
      } else if (schema.blocks().containsKey(attribute.name())) {
        findings.add(where, attribute.name() + " is a block: write it without =");
      } else if (!META.contains(attribute.name()) && !schema.settable(attribute.name())) {
        findings.add(where, "unknown argument " + attribute.name());
      }
    }
    for (String required : schema.required()) {
      findings.require(
          body.value(required).isPresent(), where, "argument " + required + " is missing");
    }
    for (Block block : body.blocks()) {
      String type = block.type().equals("dynamic") ? block.label(0) : block.type();
      if (META_BLOCKS.contains(type)) {
        continue;
      }
      BlockSchema inner = schema.blocks().get(type);
      if (inner == null) {
        findings.add(
            where,
            schema.settable(type)
                ? type + " is an argument: write it with ="
                : "unknown block " + type);
      } else {
        Body content =
            block.type().equals("dynamic")
                ? block.body().block("content").map(Block::body).orElse(block.body())
                : block.body();
        body(where + " " + type, content, inner, findings);
      }
    }
    schema
        .blocks()
        .forEach(
            (name, inner) -> {
              int n = body.blocks(name).size();
              findings.require(n > 0 || !inner.needed(), where, "block " + name + " is missing");
              findings.require(n < 2 || inner.many(), where, "block " + name + " is there twice");
            });
  }
}

package org.kappabeam.terraform.check;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.kappabeam.terraform.config.Configuration;
import org.kappabeam.terraform.config.Module;
import org.kappabeam.terraform.hcl.Attribute;
import org.kappabeam.terraform.hcl.Block;
import org.kappabeam.terraform.hcl.Body;
import org.kappabeam.terraform.hcl.Expression;
import org.kappabeam.terraform.hcl.Expression.ObjectOf;

/**
 * Everything is described, versions have an upper bound, modules are our own, environments hold
 * values only.
 */
final class HygienePolicy implements Check {
  private static final Pattern SECRET =
      Pattern.compile("password|secret|token|credential|private_key|api_key|access_key");
  private static final Pattern PROVIDER_VERSION =
      Pattern.compile(">= \\d+\\.\\d+\\.\\d+, < \\d+\\.0\\.0");
  private static final Set<String> ENVIRONMENT =
      Set.of("terraform", "provider", "module", "variable", "output");

  @Override
  public void run(Configuration configuration, Findings findings) {
    for (Module module : configuration.modules()) {
      described(module, findings);
      versions(module, findings);
      sources(module, findings);
      literals(module, findings);
      if (module.folder().contains("/environments/")) {
        environment(module, findings);
      }
    }
    for (String folder : ReferenceCheck.uncalled(configuration)) {
      findings.require(folder.endsWith("/platform"), folder, "no one calls this module");
    }
  }

  private static void described(Module module, Findings findings) {
    for (String type : List.of("variable", "output")) {
      for (Module.Declared declared : module.declared(type)) {
        Body body = declared.block().body();
        String name = type + " " + declared.block().label(0);
        findings.require(
            body.value("description")
                .flatMap(Expression::text)
                .filter(t -> t.length() > 5)
                .isPresent(),
            declared.where(),
            name + " has no description");
        findings.require(
            !type.equals("variable") || body.value("type").isPresent(),
            declared.where(),
            name + " has no type");
        findings.require(
            !SECRET.matcher(declared.block().label(0).toLowerCase(Locale.ROOT)).find()
                || body.value("sensitive").filter(value -> value.is(true)).isPresent(),
            declared.where(),
            name + " sounds like a secret and is not sensitive");
      }
    }
  }

  private static void versions(Module module, Findings findings) {
    List<Module.Declared> settings = module.declared("terraform");
    Optional<String> required =
        settings.stream()
            .flatMap(block -> block.block().body().value("required_version").stream())
            .flatMap(value -> value.text().stream())
            .findFirst();
    findings.require(
        required.filter(version -> PROVIDER_VERSION.matcher(version).matches()).isPresent(),
        module.folder(),
        "required_version needs a lower and an upper bound");
    for (Module.Declared setting : settings) {
      for (Block providers : setting.block().body().blocks("required_providers")) {
        for (Attribute provider : providers.body().attributes()) {
          Optional<String> version =
              provider.value() instanceof ObjectOf object
                  ? object.get("version").flatMap(Expression::text)
                  : Optional.empty();
          findings.require(
              version.filter(text -> PROVIDER_VERSION.matcher(text).matches()).isPresent(),
              setting.where(),
              "provider " + provider.name() + " needs a version with a lower and an upper bound");
        }
      }
    }
  }

  private static void sources(Module module, Findings findings) {
    for (Module.Declared call : module.declared("module")) {
      findings.require(
          call.block()
              .body()
              .value("source")
              .flatMap(Expression::text)
              .filter(source -> source.startsWith("../"))
              .isPresent(),
          call.where(),
          "module " + call.block().label(0) + " is not one of ours: name a folder beside this one");
    }
  }

  /** A secret that is written down is one no more. */
  private static void literals(Module module, Findings findings) {
    module
        .files()
        .forEach(
            (file, body) ->
                body.walk(
                    expression ->
                        expression
                            .text()
                            .ifPresent(
                                text ->
                                    findings.require(
                                        !text.contains("PRIVATE KEY")
                                            && !text.matches(
                                                "AKIA[0-9A-Z]{16}|AIza[0-9A-Za-z_-]{35}"),
                                        file,
                                        "holds what looks like a key"))));
  }

  private static void environment(Module module, Findings findings) {
    boolean backend = false;
    for (Module.Declared setting : module.declared("terraform")) {
      backend |= setting.block().body().block("backend").isPresent();
    }
    findings.require(backend, module.folder(), "an environment keeps its state in a backend");
    module
        .files()
        .forEach(
            (file, body) -> {
              for (Block block : body.blocks()) {
                findings.require(
                    ENVIRONMENT.contains(block.type()),
                    file + ":" + block.line(),
                    "an environment holds backend, providers and values, no " + block.type());
              }
            });
    for (Module.Declared provider : module.declared("provider")) {
      for (Attribute attribute : provider.block().body().attributes()) {
        findings.require(
            !SECRET.matcher(attribute.name()).find() && !attribute.name().equals("credentials"),
            provider.where(),
            "credentials come from who runs Terraform, not from " + attribute.name());
      }
    }
  }
}

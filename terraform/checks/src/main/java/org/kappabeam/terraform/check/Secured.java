package org.kappabeam.terraform.check;

import java.util.Optional;
import org.kappabeam.terraform.config.Module;
import org.kappabeam.terraform.hcl.Block;
import org.kappabeam.terraform.hcl.Body;
import org.kappabeam.terraform.hcl.Expression;
import org.kappabeam.terraform.hcl.Expression.Literal;
import org.kappabeam.terraform.hcl.Expression.Reference;

/**
 * Whether an argument that protects something is set. What a variable brings cannot be seen where
 * it is used. So it has to have no default, that whoever calls must give a value, or a validation.
 */
final class Secured {
  private Secured() {}

  /** Requires an argument of a resource, or of a block in it. */
  static void require(Module.Resource resource, Body body, String argument, Findings findings) {
    Optional<Expression> value = body.value(argument);
    if (value.isEmpty() || value.get().is("") || value.get().is(Literal.NULL)) {
      findings.add(resource.where(), "must set " + argument);
      return;
    }
    for (Reference reference : value.get().references()) {
      if (reference.at(0).equals("var")) {
        variable(resource.module(), reference.at(1))
            .ifPresent(
                variable ->
                    findings.require(
                        variable.body().value("default").isEmpty()
                            || variable.body().block("validation").isPresent(),
                        resource.where(),
                        argument
                            + " comes from var."
                            + reference.at(1)
                            + ", which has a default and no validation"));
      }
    }
  }

  static void require(Module.Resource resource, String argument, Findings findings) {
    require(resource, resource.body(), argument, findings);
  }

  /** Requires a block with an argument. */
  static void require(Module.Resource resource, String block, String argument, Findings findings) {
    Optional<Block> found = resource.body().block(block);
    if (found.isEmpty()) {
      findings.add(resource.where(), "must have a block " + block);
    } else {
      require(resource, found.get().body(), argument, findings);
    }
  }

  /** Requires an argument to be exactly that. */
  static void exactly(Module.Resource resource, String argument, Object value, Findings findings) {
    findings.require(
        resource.is(argument, value), resource.where(), "must have " + argument + " = " + value);
  }

  /** Requires {@code lifecycle { prevent_destroy = true }}. */
  static void keep(Module.Resource resource, Findings findings) {
    findings.require(
        resource.body().block("lifecycle").stream()
            .anyMatch(
                block -> block.body().value("prevent_destroy").filter(v -> v.is(true)).isPresent()),
        resource.where(),
        "must have prevent_destroy = true");
  }

  private static Optional<Block> variable(Module module, String name) {
    return module.declared("variable", name).map(Module.Declared::block);
  }
}

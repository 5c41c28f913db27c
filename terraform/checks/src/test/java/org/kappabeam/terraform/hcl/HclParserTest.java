package org.kappabeam.terraform.hcl;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.instanceOf;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kappabeam.terraform.hcl.Expression.For;
import org.kappabeam.terraform.hcl.Expression.ObjectOf;
import org.kappabeam.terraform.hcl.Expression.Operation;
import org.kappabeam.terraform.hcl.Expression.Reference;

class HclParserTest {
  private static Expression value(String text) {
    return HclParser.parse("a.tf", "a = " + text + "\n").value("a").orElseThrow();
  }

  @Test
  void blocksHaveLabelsAttributesAndALine() {
    Body body =
        HclParser.parse(
            "a.tf",
            "# comment\n/* more\n   of it */\nresource \"t\" \"n\" { // end\n  a = 1\n  b {}\n}\n");
    Block block = body.blocks().get(0);
    assertThat(block.type(), is("resource"));
    assertThat(block.labels(), is(List.of("t", "n")));
    assertThat(block.line(), is(4));
    assertThat(block.body().value("a").orElseThrow().is(1.0), is(true));
    assertThat(block.body().block("b").isPresent(), is(true));
  }

  @Test
  void aDynamicBlockCountsAsTheBlockItMakes() {
    Body body =
        HclParser.parse(
            "a.tf", "dynamic \"b\" {\n  for_each = []\n  content {\n    c = 1\n  }\n}\n");
    assertThat(body.block("b").orElseThrow().body().value("c").isPresent(), is(true));
  }

  @Test
  void textsKnowEscapesAndInterpolations() {
    assertThat(
        value("\"a\\n\\\"b\\\"\\u0001 $${c}\"").text().orElseThrow(), is("a\n\"b\"\u0001 ${c}"));
    assertThat(
        value("\"x-${var.a[\"k\"]}-${\"${local.b}\"}\"").references().toString(),
        is("[var.a.k, local.b]"));
    assertThat(
        value("<<-EOT\n  one\n  ${var.two}\n  EOT").references().toString(), is("[var.two]"));
  }

  @Test
  void referencesHaveAPath() {
    assertThat(
        ((Reference) value("module.kms.key_ids[\"pubsub\"]")).toString(),
        is("module.kms.key_ids.pubsub"));
    assertThat(((Reference) value("a.b[*].c")).toString(), is("a.b.*.c"));
    assertThat(((Reference) value("a.b[0].c")).toString(), is("a.b.0.c"));
    assertThat(value("a.b[each.key].c").references().size(), is(2));
    assertThat(value("one(module.a[*].b)").references().toString(), is("[module.a.*.b]"));
  }

  @Test
  void operatorsAndConditionsKeepTheirOperands() {
    assertThat(value("a.x || !b.x && c.x == 1 ? d.x : e.x[0]").references().size(), is(5));
    assertThat(((Operation) value("1 + 2 * 3")).operator(), is("+"));
    assertThat(((Operation) value("-(1)")).operator(), is("-"));
  }

  @Test
  void loopsBindNames() {
    For list = (For) value("[for k, v in var.a : v.b if v.c != null]");
    assertThat(list.names(), is(List.of("k", "v")));
    assertThat(list.results().size(), is(2));
    assertThat(value("{ for k in var.a : k => k... }"), instanceOf(For.class));
  }

  @Test
  void objectsHaveKeysOfSeveralKinds() {
    ObjectOf object = (ObjectOf) value("{ a = 1, \"b.c\" = 2\n (var.d) = 3, e : 4 }");
    assertThat(object.entries().size(), is(4));
    assertThat(object.get("b.c").orElseThrow().is(2.0), is(true));
    assertThat(object.get("e").orElseThrow().is(4.0), is(true));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a = ",
        "a = \"b",
        "a {",
        "a = [1",
        "a = {b}",
        "a = 1 2",
        "a = <<E\nb",
        "a = \"${b\"",
        "/* a",
        "a = \"\\q\"",
        "a = [for b of c : d]",
        "= 1",
        "a = (1"
      })
  void whatIsNoHclIsSaidWithItsLine(String text) {
    HclException failure =
        assertThrows(HclException.class, () -> HclParser.parse("a.tf", "\n" + text + "\n"));
    assertThat(failure.getMessage(), containsString("a.tf:"));
  }
}

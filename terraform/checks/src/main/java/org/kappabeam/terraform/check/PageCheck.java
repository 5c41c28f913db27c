package org.kappabeam.terraform.check;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.kappabeam.terraform.config.Configuration;
import org.kappabeam.terraform.config.Module;

/**
 * The page for newcomers, docs/cloud.md: paths exist, variables and outputs that it names exist,
 * and every variable that must be given is on it.
 */
public final class PageCheck implements Check {
  private static final String PAGE = "docs/cloud.md";
  private static final String PRODUCTION = "terraform/environments/prod";
  private static final Set<String> ENVIRONMENTS =
      Set.of(PRODUCTION, "terraform/environments/dev", "terraform/environments/kinesis");

  private static final Pattern CODE = Pattern.compile("(?m)^```(\\w+)\\n(.*?)^```", Pattern.DOTALL);
  private static final Pattern PATH = Pattern.compile("(?<![\\w/.:-])(terraform/[\\w./-]*\\w)");
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:]+)(?:#([\\w-]+))?\\)");
  private static final Pattern SETTING = Pattern.compile("(?m)^(\\w+)\\s*=");
  private static final Pattern OUTPUT = Pattern.compile("\\.platform\\.value\\.(\\w+)");
  private static final Pattern FLAG = Pattern.compile("-var='?(\\w+)=");

  /** A block of code of a language on a page. */
  public static List<String> code(String page, String language) {
    List<String> found = new ArrayList<>();
    CODE.matcher(page)
        .results()
        .filter(block -> block.group(1).equals(language))
        .forEach(block -> found.add(block.group(2)));
    return found;
  }

  @Override
  public void run(Configuration configuration, Findings findings) {
    if (!configuration.has(PAGE)) {
      findings.add(PAGE, "is missing");
      return;
    }
    String page = configuration.text(PAGE);
    PATH.matcher(page)
        .results()
        .map(result -> result.group(1))
        .filter(path -> !path.endsWith("terraform.tfvars") && !path.startsWith("terraform/checks"))
        .forEach(path -> findings.require(configuration.has(path), PAGE, "there is no " + path));
    LINK.matcher(page)
        .results()
        .forEach(
            link -> {
              String path = "docs/" + link.group(1);
              if (link.group(1).startsWith("../")) {
                return;
              }
              findings.require(
                  configuration.has(path)
                      && (link.group(2) == null
                          || WatchPolicy.headings(configuration.text(path))
                              .contains(link.group(2))),
                  PAGE,
                  "links to " + link.group(1) + ", which is not there");
            });
    Set<String> known =
        ENVIRONMENTS.stream()
            .flatMap(folder -> variables(configuration, folder, false).stream())
            .collect(Collectors.toSet());
    List<String> named = new ArrayList<>();
    for (String block : code(page, "hcl")) {
      SETTING.matcher(block).results().forEach(result -> named.add(result.group(1)));
    }
    FLAG.matcher(page).results().forEach(result -> named.add(result.group(1)));
    for (String name : named) {
      findings.require(known.contains(name), PAGE, "no environment has a variable " + name);
    }
    for (String needed : variables(configuration, PRODUCTION, true)) {
      findings.require(named.contains(needed), PAGE, "does not say that " + needed + " is needed");
    }
    OUTPUT
        .matcher(page)
        .results()
        .map(result -> result.group(1))
        .forEach(
            output ->
                findings.require(
                    configuration
                        .module("terraform/platform")
                        .flatMap(platform -> platform.declared("output", output))
                        .isPresent(),
                    PAGE,
                    "the platform has no output " + output));
    findings.require(
        !code(page, "sh").isEmpty() && OUTPUT.matcher(page).find(), PAGE, "has no commands");
  }

  private static Set<String> variables(
      Configuration configuration, String folder, boolean neededOnly) {
    return configuration.module(folder).stream()
        .flatMap((Module module) -> module.declared("variable").stream())
        .filter(variable -> !neededOnly || variable.block().body().value("default").isEmpty())
        .map(variable -> variable.block().label(0))
        .collect(Collectors.toSet());
  }
}

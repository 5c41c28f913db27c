package org.kappabeam.pipelines.cli;

import java.lang.annotation.Annotation;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.options.Validation;
import org.checkerframework.checker.nullness.qual.Nullable;

/** Pipeline options as their interfaces declare them; help, templates and pages are made of it. */
public final class OptionCatalog {
  /** Fewer differing letters than this share of a name make a plausible typing error. */
  private static final double TYPO_SHARE = 0.4;

  /** Fewer common letters, as in {@code max} or {@code num}, say nothing. */
  private static final int WORD_LETTERS = 4;

  private static final Pattern WORD_START = Pattern.compile("(?<=[a-z0-9])(?=[A-Z])|[-_.]+");

  private OptionCatalog() {}

  /**
   * One option.
   *
   * @param name as on the command line, without dashes
   * @param type of its values
   * @param description may be empty
   * @param defaultValue as it would be written, or null if there is none
   */
  public record Declared(
      String name,
      Class<?> type,
      String description,
      @Nullable String defaultValue,
      boolean required) {

    /** Whether its values are numbers. */
    public boolean isNumber() {
      return type == int.class
          || type == Integer.class
          || type == long.class
          || type == Long.class
          || type == double.class
          || type == Double.class;
    }

    /** Whether its values are true and false. */
    public boolean isBoolean() {
      return type == boolean.class || type == Boolean.class;
    }
  }

  /** What the interface itself declares, in alphabetical order, required ones first. */
  public static List<Declared> of(Class<? extends PipelineOptions> options) {
    List<Declared> declared = new ArrayList<>();
    for (Method method : options.getDeclaredMethods()) {
      String name = optionName(method);
      if (name != null) {
        declared.add(declared(name, method));
      }
    }
    declared.sort(
        Comparator.comparing(Declared::required).reversed().thenComparing(Declared::name));
    return declared;
  }

  /** Every option that Beam, the runner and the pilots have registered, by name. */
  static Map<String, Declared> registered() {
    Map<String, Declared> all = new TreeMap<>();
    for (Class<? extends PipelineOptions> each : PipelineOptionsFactory.getRegisteredOptions()) {
      for (Method method : each.getMethods()) {
        String name = optionName(method);
        if (name != null) {
          all.putIfAbsent(name, declared(name, method));
        }
      }
    }
    return all;
  }

  private static @Nullable String optionName(Method method) {
    String name = method.getName();
    if (method.getParameterCount() > 0 || method.getReturnType() == void.class) {
      return null;
    }
    String property =
        name.startsWith("get") ? name.substring(3) : name.startsWith("is") ? name.substring(2) : "";
    return property.isEmpty() || name.equals("getClass")
        ? null
        : property.substring(0, 1).toLowerCase(Locale.ROOT) + property.substring(1);
  }

  private static Declared declared(String name, Method getter) {
    Description description = getter.getAnnotation(Description.class);
    return new Declared(
        name,
        getter.getReturnType(),
        description == null ? "" : description.value(),
        defaultValue(getter),
        getter.isAnnotationPresent(Validation.Required.class));
  }

  /** The {@code value} of whichever annotation of {@link Default} is there. */
  private static @Nullable String defaultValue(Method getter) {
    for (Annotation annotation : getter.getAnnotations()) {
      Class<? extends Annotation> type = annotation.annotationType();
      if (type.getEnclosingClass() == Default.class && type != Default.InstanceFactory.class) {
        try {
          Object value = type.getMethod("value").invoke(annotation);
          return value instanceof Class<?> named ? named.getSimpleName() : String.valueOf(value);
        } catch (NoSuchMethodException | IllegalAccessException | InvocationTargetException e) {
          throw new IllegalStateException("default of " + getter, e);
        }
      }
    }
    return null;
  }

  /**
   * The known name that was probably meant, or null if none is near: one with few letters that
   * differ, or else one with the same words in it.
   */
  static @Nullable String nearest(String name, Collection<String> known) {
    String mistyped = mistyped(name, known);
    return mistyped != null ? mistyped : sharingWords(name, known);
  }

  private static @Nullable String mistyped(String name, Collection<String> known) {
    String best = null;
    int least = Integer.MAX_VALUE;
    for (String candidate : known) {
      int distance = distance(name.toLowerCase(Locale.ROOT), candidate.toLowerCase(Locale.ROOT));
      if (distance < least) {
        least = distance;
        best = candidate;
      }
    }
    return best != null && least <= Math.max(2, best.length() * TYPO_SHARE) ? best : null;
  }

  /**
   * The name with the most letters in common words; of several the shortest. The common words must
   * be most of what was typed, lest any word that many options have would do.
   */
  private static @Nullable String sharingWords(String name, Collection<String> known) {
    Set<String> typed = words(name);
    int enough = Math.max(WORD_LETTERS, name.length() / 2 + 1);
    String best = null;
    int most = 0;
    for (String candidate : known) {
      Set<String> words = words(candidate);
      int common = typed.stream().filter(words::contains).mapToInt(String::length).sum();
      if (candidate.toLowerCase(Locale.ROOT).contains(name.toLowerCase(Locale.ROOT))) {
        common = name.length();
      }
      boolean better =
          best == null || common > most || (common == most && candidate.length() < best.length());
      if (common >= enough && better) {
        most = common;
        best = candidate;
      }
    }
    return best;
  }

  /** The words of a name in camel case. */
  private static Set<String> words(String name) {
    return WORD_START
        .splitAsStream(name)
        .map(word -> word.toLowerCase(Locale.ROOT))
        .collect(Collectors.toSet());
  }

  /** Levenshtein's: the fewest letters to insert, remove or replace. */
  private static int distance(String a, String b) {
    int[] previous = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      previous[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int[] row = new int[b.length() + 1];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        row[j] = Math.min(replaced, 1 + Math.min(previous[j], row[j - 1]));
      }
      previous = row;
    }
    return previous[b.length()];
  }
}

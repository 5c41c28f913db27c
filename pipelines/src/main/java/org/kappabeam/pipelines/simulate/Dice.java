package org.kappabeam.pipelines.simulate;

import java.util.SplittableRandom;

/**
 * Random numbers that are the same on every machine and in every Java: everything is derived from
 * {@link SplittableRandom#nextLong}, whose algorithm is SplitMix64, and strict mathematics. Dice of
 * equal seeds roll alike, so a decision about one thing never depends on how many others there are.
 */
final class Dice {
  private final SplittableRandom random;

  private Dice(long seed) {
    random = new SplittableRandom(seed);
  }

  /** Dice for one purpose: the seeds name what is decided. */
  static Dice of(long... seeds) {
    long mixed = 0;
    for (long seed : seeds) {
      mixed = mix(mixed + seed);
    }
    return new Dice(mixed);
  }

  /** A seed out of a text. */
  static long seed(String text) {
    long hash = text.length();
    for (int i = 0; i < text.length(); i++) {
      hash = mix(hash + text.charAt(i));
    }
    return hash;
  }

  /** A bijection in which each bit of the input moves about half of the output's. */
  private static long mix(long value) {
    long z = value + 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  /** From 0 to below 1. */
  double unit() {
    return (random.nextLong() >>> 11) * 0x1.0p-53;
  }

  double uniform(double low, double high) {
    return low + (high - low) * unit();
  }

  /** From 0 to below the bound. */
  int below(int bound) {
    return (int) below((long) bound);
  }

  /** From 0 to below the bound. */
  long below(long bound) {
    // The bias of a remainder is below 2^-20 for every bound used here.
    return Long.remainderUnsigned(random.nextLong(), bound);
  }

  boolean chance(double probability) {
    return unit() < probability;
  }

  /** Normally distributed, by Box and Muller. */
  double gaussian(double mean, double deviation) {
    double radius = StrictMath.sqrt(-2 * StrictMath.log(1 - unit()));
    return mean + deviation * radius * StrictMath.cos(2 * StrictMath.PI * unit());
  }

  /** Poisson distributed, by Knuth; for small means. */
  int poisson(double mean) {
    double limit = StrictMath.exp(-mean);
    int count = -1;
    double product = 1;
    do {
      count++;
      product *= unit();
    } while (product > limit);
    return count;
  }

  void fill(byte[] target) {
    for (int i = 0; i < target.length; i++) {
      target[i] = (byte) random.nextLong();
    }
  }
}

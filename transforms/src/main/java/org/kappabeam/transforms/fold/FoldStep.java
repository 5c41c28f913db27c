package org.kappabeam.transforms.fold;

/**
 * One step of folding a batch into a key's history. A step is a class of its own for readers, and
 * for the JIT compiler, which would otherwise make one enormous method of them all and compile it
 * again whenever one branch of one step is taken for the first time.
 */
abstract class FoldStep<E, R> {
  final KeyWork<E, R> key;

  FoldStep(KeyWork<E, R> key) {
    this.key = key;
  }

  abstract void run();
}

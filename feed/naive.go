//go:build naive

package feed

// naive makes the publisher what many are: it names no sequence that it comes
// after, and tries again without looking what became of the last try. The
// simulation has to catch it, else it would catch nothing.
const naive = true

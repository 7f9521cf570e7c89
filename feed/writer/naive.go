//go:build naive

package writer

// naive makes the publisher like many others: it does not name the sequence that a
// message follows, and retries without checking the outcome of the last attempt. The
// simulation must detect the resulting faults; otherwise it would detect none.
const naive = true

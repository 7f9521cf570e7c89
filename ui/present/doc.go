// Package present describes a room in sentences, which are the same in plain mode, in the
// output of commands and on the screen. It is independent of terminals and colors.
package present

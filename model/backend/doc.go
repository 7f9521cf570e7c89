// Package backend declares what the user interfaces use of package feed: the hub,
// the part of it that guests can reach, and the structs in their methods. The
// packages ui and feed do not import each other.
package backend

package shell

import "slices"

// IndexOf returns the index of the element with an id in a list, or 0 if it has none.
func IndexOf[T any](list []T, id string, idOf func(T) string) int {
	return max(0, slices.IndexFunc(list, func(e T) bool { return idOf(e) == id }))
}

// Moved returns the id of the element that is n elements after the one with an id, or of the
// first or last one. The id of an empty list stays as it is.
func Moved[T any](list []T, id string, n int, idOf func(T) string) string {
	if len(list) == 0 {
		return id
	}
	return idOf(list[max(0, min(IndexOf(list, id, idOf)+n, len(list)-1))])
}

package model

import (
	"errors"
	"fmt"
)

// Code tells a machine what kind of refusal an [Error] is.
type Code string

// The codes of refusals. The command line maps them to its exit codes.
const (
	Invalid     Code = "invalid"     // the words given cannot be understood or are not allowed here
	NotFound    Code = "not found"   // there is no such room, role, item, clock or entry
	Forbidden   Code = "forbidden"   // this key or person may not do it
	Conflict    Code = "conflict"    // the room's state is against it: already done, closed, gated
	Unreachable Code = "unreachable" // the hub cannot be reached and nothing was kept
	Kept        Code = "kept"        // kept in the outbox on disk, not yet stored in the log
	Internal    Code = "internal"    // a fault of the program or of the machine
)

// Error is a refusal for people: one sentence that says what is wrong, where,
// and what to do.
type Error struct {
	Code    Code
	Message Safe

	UnknownForm bool // of alerts: nothing that is read has their form
}

// Error returns the sentence.
func (e *Error) Error() string { return e.Message.String() }

// Refuse makes an [Error] whose arguments are cleaned.
func Refuse(code Code, format lit, args ...any) *Error {
	return &Error{Code: code, Message: Safef(format, args...)}
}

// RefuseForm refuses alerts whose form is not known.
func RefuseForm(format lit, args ...any) *Error {
	return &Error{Code: Invalid, Message: Safef(format, args...), UnknownForm: true}
}

// IsUnknownForm reports whether alerts were refused because their form is not known.
func IsUnknownForm(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.UnknownForm
}

// CodeOf returns the code of the first [Error] in err's chain, [Internal] for
// any other error and "" for nil.
func CodeOf(err error) Code {
	var e *Error
	switch {
	case err == nil:
		return ""
	case errors.As(err, &e):
		return e.Code
	}
	return Internal
}

// Sentence returns what a person may be shown of err.
func Sentence(err error) Safe {
	var e *Error
	if errors.As(err, &e) {
		return e.Message
	}
	return CleanLine(fmt.Sprint(err))
}

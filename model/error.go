package model

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
)

// Code is the kind of an [Error], for programs.
type Code string

// The kinds of errors. The command line maps them to its exit codes.
const (
	Invalid     Code = "invalid"     // malformed, or not allowed in this place
	NotFound    Code = "not found"   // there is no such room, role, item, clock or entry
	Forbidden   Code = "forbidden"   // the key or person lacks the right
	Conflict    Code = "conflict"    // the state of the room does not allow it: done, closed, gated
	Unreachable Code = "unreachable" // the hub cannot be reached and nothing was stored
	Queued      Code = "kept"        // stored in the outbox on disk, not yet in the log
	Internal    Code = "internal"    // a fault of the program or the machine
)

// Error is an error for people: one sentence that states what is wrong, where, and
// what to do.
type Error struct {
	Code    Code
	Message Safe

	Open     []OpenPoint // what prevents resolving or closing, if the message has only the ids of it
	OpenHead Safe        // the message without those ids, for a display that lists Open below it

	UnknownForm bool     // of alerts: no reader recognized the format
	EmptyOf     []string // of alerts: formats that have an empty list like the refused one
}

// Error returns the sentence.
func (e *Error) Error() string { return e.Message.String() }

// Refuse returns an [Error]. It cleans the arguments.
func Refuse(code Code, format lit, args ...any) *Error {
	return &Error{Code: code, Message: Safef(format, args...)}
}

// OpenOf returns the open points because of which an incident was not resolved or a room not
// closed, if err is an [Error] whose message has only their ids.
func OpenOf(err error) []OpenPoint {
	var e *Error
	if errors.As(err, &e) {
		return e.Open
	}
	return nil
}

// Heading returns the sentence of an error for a display that lists [OpenOf] below it.
func Heading(err error) Safe {
	var e *Error
	if errors.As(err, &e) && len(e.Open) > 0 {
		return e.OpenHead
	}
	return Sentence(err)
}

// NoRoom returns the error for a room that does not exist, and for one that a person may
// not see.
func NoRoom(short string) *Error {
	short = short[:min(len(short), 40)]
	return Refuse(NotFound, "there is no room %s here; `warroom rooms` lists them", short)
}

// RefuseForm returns an [Error] for alerts whose format is not known.
func RefuseForm(format lit, args ...any) *Error {
	return &Error{Code: Invalid, Message: Safef(format, args...), UnknownForm: true}
}

// IsUnknownForm reports whether err is an [Error] from RefuseForm.
func IsUnknownForm(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.UnknownForm
}

// RefuseEmpty returns an [Error] for an empty list that names no tool. forms are the
// formats that have such a list.
func RefuseEmpty(forms []string, format lit, args ...any) *Error {
	return &Error{Code: Invalid, Message: Safef(format, args...), EmptyOf: forms}
}

// IsEmptyOf reports whether err is an [Error] from RefuseEmpty and one of its
// formats is form, or belongs to the tool of that name.
func IsEmptyOf(err error, form string) bool {
	var e *Error
	return errors.As(err, &e) && slices.ContainsFunc(e.EmptyOf, func(f string) bool { return IsForm(f, form) })
}

// IsForm reports whether the format name is form, or belongs to the tool of that
// name: gitleaks-json belongs to gitleaks.
func IsForm(name, form string) bool {
	return form != "" && (name == form || strings.HasPrefix(name, form+"-"))
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

// Sentence returns the text of err that may be shown to a person.
func Sentence(err error) Safe {
	var e *Error
	if errors.As(err, &e) {
		return e.Message
	}
	return CleanLine(fmt.Sprint(err))
}

// FileReason returns the reason of a file error without its path, for a sentence
// that names the path.
func FileReason(err error) string {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err.Error()
	}
	return err.Error()
}

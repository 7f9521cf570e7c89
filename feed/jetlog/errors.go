package jetlog

import (
	"context"
	"errors"
	"strconv"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// RequestError converts the error of a request: ErrSilence for a timeout, ErrBroken if
// the connection broke, ErrNoLeader if the log has no leader, otherwise err.
func RequestError(err error) error {
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return ErrSilence
	case errors.Is(err, context.Canceled), errors.Is(err, nats.ErrReconnectBufExceeded),
		errors.Is(err, nats.ErrDisconnected), errors.Is(err, nats.ErrConnectionReconnecting):
		return ErrBroken
	case isNoLeader(err):
		return ErrNoLeader
	}
	return err
}

// Error codes of JetStream for a cluster without a quorum: in general, and for a message
// that was sent before and is not stored yet.
const (
	codeNoMajority = 10008
	codeInProcess  = 10158
)

// isNoLeader reports whether an error means that the log has no leader now.
func isNoLeader(err error) bool {
	var ours *APIError
	var theirs *jetstream.APIError
	return errors.Is(err, ErrNoLeader) || errors.Is(err, nats.ErrNoResponders) || errors.As(err, &ours) &&
		(ours.ErrCode == codeNoMajority || ours.ErrCode == codeInProcess) ||
		errors.As(err, &theirs) && theirs.ErrorCode == codeNoMajority
}

// APIError is an error that JetStream returns.
type APIError struct {
	Code        int    `json:"code"`
	ErrCode     int    `json:"err_code"`
	Description string `json:"description"`
}

// Error returns the text and the code of the server.
func (e *APIError) Error() string { return e.Description + " (" + strconv.Itoa(e.ErrCode) + ")" }

// The error codes that this package handles. The first two mean that the log does not end
// at the expected sequence.
const (
	CodeWrongLast     = 10071
	CodeWrongInFlight = 10164
	CodeTooLarge      = 10054
	CodeNoReplicas    = 10074
	CodeNoPeers       = 10005
)

// CodesNoSpace are the error codes for a full disk, account or stream.
var CodesNoSpace = []int{10023, 10028, 10047, 10077}

// Reasons why a request has no result: there is no such message, the hub does not answer,
// the connection broke, or too few servers of a cluster are running.
var (
	ErrNothing  = errors.New("no message there")
	ErrSilence  = errors.New("the hub does not answer")
	ErrBroken   = errors.New("the hub cannot be reached; warroom reconnects by itself")
	ErrNoLeader = errors.New("too few of the hub's servers are running to decide anything; warroom continues by " +
		"itself when they are back")
)

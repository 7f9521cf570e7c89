package hubapi

import (
	"maps"
	"slices"
	"strings"

	"github.com/nats-io/nats.go/jetstream"
)

// The metadata of a room's log stream.
const (
	metaReaders = "warroom-readers" // handles that may see the room, separated by commas; missing: not restricted
	metaRevoked = "warroom-barred"  // handles whose keys the room revoked, separated by commas
	MetaHeld    = "warroom-held"    // why nothing may be written
	MetaTimes   = "warroom-times"   // the hub's key that signs original recording times
)

// Access determines who may see a room over the network.
type Access struct {
	Restricted bool
	Readers    []string // handles that may see a restricted room
	Revoked    []string // handles that may no longer see it, restricted or not
}

// Sees reports whether a handle may see the room.
func (a Access) Sees(handle string) bool {
	return !slices.Contains(a.Revoked, handle) && (!a.Restricted || slices.Contains(a.Readers, handle))
}

// Equal reports whether a and b are the same.
func (a Access) Equal(b Access) bool {
	return a.Restricted == b.Restricted && slices.Equal(a.Readers, b.Readers) && slices.Equal(a.Revoked, b.Revoked)
}

// Both returns the access of handles that both a and b allow.
func (a Access) Both(b Access) Access {
	out := Access{Restricted: a.Restricted || b.Restricted,
		Revoked: sorted(append(slices.Clone(a.Revoked), b.Revoked...))}
	for _, h := range append(slices.Clone(a.Readers), b.Readers...) {
		if (!a.Restricted || slices.Contains(a.Readers, h)) && (!b.Restricted || slices.Contains(b.Readers, h)) {
			out.Readers = append(out.Readers, h)
		}
	}
	out.Readers = sorted(out.Readers)
	return out
}

// NewAccess returns the access of a room. Readers are the handles that a restricted room
// names, empty if it is not restricted.
func NewAccess(readers, revoked []string) Access {
	return Access{Restricted: len(readers) > 0, Readers: sorted(readers), Revoked: sorted(revoked)}
}

func sorted(handles []string) []string {
	if len(handles) == 0 {
		return nil
	}
	return slices.Compact(slices.Sorted(slices.Values(handles)))
}

// AccessOf reads the access of a room from the configuration of its stream.
func AccessOf(c jetstream.StreamConfig) (a Access) {
	readers, restricted := c.Metadata[metaReaders]
	a.Restricted = restricted
	a.Readers, a.Revoked = split(readers), split(c.Metadata[metaRevoked])
	return a
}

func split(list string) []string {
	if list == "" {
		return nil
	}
	return strings.Split(list, ",")
}

// Set writes the access into the configuration of a room's stream, for its log or its
// checkpoints. Stored messages are republished on a subject that every login may subscribe
// to, or on the private one.
func (a Access) Set(c *jetstream.StreamConfig, short, subjectKind string) {
	if subjectKind == SubjectLog {
		c.Metadata = maps.Clone(c.Metadata)
		if c.Metadata == nil {
			c.Metadata = map[string]string{}
		}
		delete(c.Metadata, metaReaders)
		delete(c.Metadata, metaRevoked)
		if a.Restricted {
			c.Metadata[metaReaders] = strings.Join(a.Readers, ",")
		}
		if len(a.Revoked) > 0 {
			c.Metadata[metaRevoked] = strings.Join(a.Revoked, ",")
		}
	}
	live := SubjectLive
	if a.Restricted {
		live = Private(SubjectLive)
	}
	c.RePublish = &jetstream.RePublish{Source: Root + short + "." + subjectKind + ".>", Destination: Root + short +
		"." +
		live + ".>"}
}

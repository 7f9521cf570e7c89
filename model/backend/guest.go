package backend

import (
	"time"

	"warroom/model"
)

// Invitation describes the person to invite to a hub.
type Invitation struct {
	Handle    string
	Right     model.Right
	Rooms     []string
	Name, Job string
	Until     time.Time
	At        []string
}

// Guest is a person who connects through another process, such as the SSH server,
// that has opened the hub.
type Guest struct {
	Handle string
	Via    string // how they connect: ssh
	Dir    string // directory of their keys, below the keys of the data directory
	Right  model.Right
	Origin string // how they were identified, for the record
	Name   string // name of the person, as far as the server knows it
	Job    string
}

// AccessEnforcer ends connections of people whose access was revoked. See package
// feed.
type AccessEnforcer interface {
	Restrict(short string, handles []string)
	Revoke(handle string) (ended int)
	Lift(handle string)
}

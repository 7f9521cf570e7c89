package replica

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"warroom/model"
)

// TestComplaints: a write that ended because the room was left is no problem of the replica,
// and no line for the person. Another error is logged once.
func TestComplaints(t *testing.T) {
	var got []string
	c := &Mirror{f: &Follower{Short: "inc-1", env: &Env{
		Link: func() model.Link { return model.Link{State: model.Live} },
		Logf: func(s model.Safe) { got = append(got, s.String()) },
	}}}
	for _, err := range []error{
		nil, context.Canceled, fmt.Errorf("read: %w", context.DeadlineExceeded),
		errors.Join(context.Canceled, context.DeadlineExceeded),
		errors.New("the disk is full"), errors.New("the disk is full"),
	} {
		c.complain(err)
	}
	if want := []string{"the copy of inc-1 is not written: the disk is full"}; !slices.Equal(got, want) {
		t.Errorf("got %q logged, want %q", got, want)
	}
}

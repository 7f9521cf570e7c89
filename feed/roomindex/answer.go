package roomindex

import (
	"encoding/json"
	"time"

	"github.com/nats-io/nats.go"

	"warroom/model"
)

// Timeout is the time limit for an answer. The rows may have to be folded first.
const Timeout = 20 * time.Second

// Ask is a request for rows.
type Ask struct {
	Closed int    `json:"closed"`         // max number of closed rooms; negative: all
	From   string `json:"from,omitempty"` // the answer begins after this row
}

// Answer is the hub's answer to a request.
type Answer struct {
	Block []byte     `json:"block,omitempty"` // rows
	Next  string     `json:"next,omitempty"`  // the last of them, if there are more
	More  int        `json:"more,omitempty"`  // closed rooms that were not asked for
	Why   model.Code `json:"why,omitempty"`   // code of a refusal
	Text  string     `json:"text,omitempty"`
}

// Refusing returns the answer for an error.
func Refusing(err error) Answer {
	return Answer{Why: model.CodeOf(err), Text: model.Sentence(err).String()}
}

// Err returns the refusal in an answer, or nil.
func (a *Answer) Err() error {
	if a.Why == "" {
		return nil
	}
	return &model.Error{Code: a.Why, Message: model.CleanLine(a.Text)}
}

func respond(m *nats.Msg, a Answer) {
	if raw, err := json.Marshal(a); err == nil {
		_ = m.Respond(raw) // the requester retries
	}
}

// Create-order with Go's standard library: net/http, encoding/json into structs; forms carry JSON text.
package main

import (
	"crypto/subtle"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"log"
	"mime"
	"net"
	"net/http"
	"os"
	"sync/atomic"
	"time"
)

type Address struct {
	Street1 string  `json:"street1"`
	Street2 *string `json:"street2,omitempty"`
	City    string  `json:"city"`
	State   string  `json:"state"`
	Country string  `json:"country"`
	Zip     string  `json:"zip"`
}

type Recipient struct {
	FirstName string  `json:"first_name"`
	LastName  string  `json:"last_name"`
	Email     string  `json:"email"`
	Phone     string  `json:"phone"`
	Address   Address `json:"address"`
}

type CreateOrder struct {
	KitTypes  []string               `json:"kit_types"`
	Recipient Recipient              `json:"recipient"`
	Metadata  map[string]interface{} `json:"metadata"`
}

type Order struct {
	OrderID string     `json:"order_id"`
	Status  string     `json:"status"`
	Created time.Time  `json:"created"`
	Kits    []struct{} `json:"kits"`
	CreateOrder
}

var (
	token       = os.Getenv("SPOT_API_TOKEN")
	lastNumber  = int64(1000000)
	errType     = errors.New("unsupported media type")
	statusTypes = map[int]string{401: "unauthorized", 403: "forbidden", 404: "not_found", 500: "internal_server_error"}
)

func answer(w http.ResponseWriter, status int, body interface{}) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(body)
}

func refuse(w http.ResponseWriter, status int, detail string) {
	kind, ok := statusTypes[status]
	if !ok {
		kind = "bad_request"
	}
	answer(w, status, map[string]interface{}{
		"error": map[string]interface{}{"status": status, "type": kind, "detail": detail},
	})
}

func (o *CreateOrder) validate() error {
	if o.KitTypes == nil {
		return errors.New("The kit_types field is required")
	}
	recipient, address := o.Recipient, o.Recipient.Address
	required := []struct{ name, value string }{
		{"first_name", recipient.FirstName}, {"last_name", recipient.LastName}, {"email", recipient.Email},
		{"phone", recipient.Phone}, {"address.street1", address.Street1}, {"address.city", address.City},
		{"address.state", address.State}, {"address.country", address.Country}, {"address.zip", address.Zip},
	}
	for _, field := range required {
		if field.value == "" {
			return fmt.Errorf("The recipient.%s field is required", field.name)
		}
	}
	if address.Country != "US" && address.Country != "CA" {
		return errors.New("The recipient.address.country field must be US or CA")
	}
	return nil
}

func readForm(r *http.Request, order *CreateOrder) error {
	order.KitTypes = r.PostForm["kit_types"]
	for name, target := range map[string]interface{}{"recipient": &order.Recipient, "metadata": &order.Metadata} {
		if text := r.PostForm.Get(name); text != "" {
			if err := json.Unmarshal([]byte(text), target); err != nil {
				return fmt.Errorf("The %s field is not valid: %w", name, err)
			}
		}
	}
	return nil
}

func readOrder(r *http.Request, order *CreateOrder) error {
	mediaType, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		return errType
	}
	switch mediaType {
	case "application/json":
		return json.NewDecoder(r.Body).Decode(order)
	case "application/x-www-form-urlencoded":
		if err := r.ParseForm(); err != nil {
			return err
		}
		return readForm(r, order)
	case "multipart/form-data":
		if err := r.ParseMultipartForm(32 << 20); err != nil {
			return err
		}
		return readForm(r, order)
	}
	return errType
}

func createOrder(w http.ResponseWriter, r *http.Request) {
	if subtle.ConstantTimeCompare([]byte(r.Header.Get("Authorization")), []byte("Token "+token)) != 1 {
		w.Header().Set("WWW-Authenticate", "Token")
		refuse(w, http.StatusUnauthorized, "Invalid token")
		return
	}
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		refuse(w, http.StatusMethodNotAllowed, "Method not allowed")
		return
	}
	order := Order{Status: "pending", Kits: []struct{}{}, Created: time.Now().UTC()}
	err := readOrder(r, &order.CreateOrder)
	if err == errType {
		refuse(w, http.StatusUnsupportedMediaType, err.Error())
		return
	}
	if err == nil {
		err = order.validate()
	}
	if err != nil {
		refuse(w, http.StatusBadRequest, err.Error())
		return
	}
	order.OrderID = fmt.Sprintf("O%d", atomic.AddInt64(&lastNumber, 1))
	answer(w, http.StatusCreated, order)
}

func main() {
	port := flag.Int("port", 0, "0 takes any free port")
	flag.Parse()
	if token == "" {
		log.Fatal("give the token in SPOT_API_TOKEN")
	}
	http.HandleFunc("/api/v2/orders/", createOrder)
	listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", *port))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("listening on http://%s\n", listener.Addr())
	log.Fatal(http.Serve(listener, nil))
}

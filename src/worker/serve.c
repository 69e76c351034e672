/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "worker/serve.h"

#include <stdlib.h>
#include <unistd.h>

#include "worker/wire.h"

static int answer(int socket, uint32_t serial, int descriptor, worker_read_fn *read_file, void *context)
{
    struct letter *letters = NULL;
    size_t count = 0;
    struct error error = {0};

    bool failed = read_file(context, descriptor, &letters, &count, &error) < 0;
    json_t *message = failed ? wire_error(&error) : wire_letters(letters, count);
    for (size_t i = 0; i < count; i++)
        letter_dispose(&letters[i]);
    free(letters);
    int result = wire_send_message(socket, serial, message);
    json_decref(message);
    return result;
}

int worker_serve(int socket, worker_read_fn *read_file, void *context)
{
    json_t *greeting = json_pack("{s:b}", "ready", 1);
    int result = wire_send_message(socket, 0, greeting);

    json_decref(greeting);
    while (result == 0) {
        uint32_t serial;
        int descriptor;
        result = wire_receive_file(socket, &serial, &descriptor);
        if (result <= 0)
            return result;
        result = answer(socket, serial, descriptor, read_file, context);
        close(descriptor);
    }
    return result;
}

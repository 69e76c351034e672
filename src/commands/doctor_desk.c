/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Whether the desk can stand as the settings say. Nothing is said where it has neither users nor anything to show or to listen
 * at: then it is this machine's own. */
#include <limits.h>
#include <time.h>

#include "commands/doctor.h"
#include "commands/setup.h"
#include "desk/listen.h"
#include "desk/users.h"

static void look_at_certificate(struct doctor *doctor)
{
    const char *path = doctor->settings->desk.certificate;
    struct listen_tls tls;
    struct error error = {0};

    if (path == NULL)
        return;
    if (listen_load_tls(&tls, path, doctor->settings->desk.key, &error) < 0) {
        doctor_say(doctor, GRADE_WRONG, WORD_DOCTOR_FAILED, DOCTOR_NO_MEND, error.message);
        return;
    }
    int64_t left = tls.ends - (int64_t)time(NULL);
    listen_dispose_tls(&tls);
    if (left < 0)
        doctor_say(doctor, GRADE_WRONG, WORD_DOCTOR_CERTIFICATE_OVER, WORD_MEND_CERTIFICATE, path);
    else if (left < LISTEN_ENDS_SOON_S)
        doctor_say(doctor, GRADE_WARNING, WORD_DOCTOR_CERTIFICATE_SOON, WORD_MEND_CERTIFICATE, path);
    else
        doctor_say(doctor, GRADE_GOOD, WORD_DOCTOR_CERTIFICATE, DOCTOR_NO_MEND, path);
}

/* How many there are; -1 if that cannot be known. */
static int look_at_users(struct doctor *doctor)
{
    char docket[PATH_MAX];
    char path[PATH_MAX];
    struct users users;
    struct error error = {0};

    if (setup_docket_file(docket, NULL, doctor->settings, &error) < 0) /* told of the docket already */
        return -1;
    if (setup_users_file(path, docket, doctor->settings, &error) < 0 || users_load(&users, path, &error) < 0) {
        doctor_say(doctor, GRADE_WRONG, WORD_DOCTOR_FAILED, DOCTOR_NO_MEND, error.message);
        return -1;
    }
    if (users.count > 0)
        doctor_say(doctor, GRADE_GOOD, WORD_DOCTOR_USERS, DOCTOR_NO_MEND, path);
    return (int)users.count;
}

static void look_at_address(struct doctor *doctor, int users)
{
    const char *listen = doctor->settings->desk.listen;
    struct listen_address address;
    struct error error = {0};

    if (listen == NULL)
        return;
    if (listen_parse(&address, listen, &error) < 0)
        doctor_say(doctor, GRADE_WRONG, WORD_DOCTOR_FAILED, DOCTOR_NO_MEND, error.message);
    else if (!address.loopback && doctor->settings->desk.certificate == NULL)
        doctor_say(doctor, GRADE_WRONG, WORD_DOCTOR_DESK_BARE, WORD_MEND_DESK_BARE, listen);
    else if (!address.loopback && users == 0)
        doctor_say(doctor, GRADE_WRONG, WORD_DOCTOR_DESK_EMPTY, WORD_MEND_DESK_EMPTY, listen);
}

void doctor_look_at_desk(struct doctor *doctor)
{
    look_at_certificate(doctor);
    look_at_address(doctor, look_at_users(doctor));
}

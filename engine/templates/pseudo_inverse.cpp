{# USES_VARIABLES { N_pre, N_post } #}
{% extends 'common_group.cpp' %}
{% block extra_headers %}
#include "pseudo_inverse.h"
{% endblock %}
{% block maincode %}
    dense_engine::pseudo_inverse(N_post, N_pre, {{get_array_name(_matrix)}}, {{get_array_name(_into)}});
{% endblock %}

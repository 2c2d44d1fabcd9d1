{# ALLOWS_SCALAR_WRITE #}
{% extends 'common_group.cpp' %}
{% block maincode %}
{% if _gate %}
    if (!{{get_array_name(_gate)}}[0]) return;
{% endif %}
    const size_t _vectorisation_idx = -1;
    {{scalar_code|autoindent}}
{% endblock %}
